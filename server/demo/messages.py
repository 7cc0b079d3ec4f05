"""What the demo's people were told: a message of the office that was sent to some of them, and one that is a draft."""

import datetime as dt

from server.demo.rows import SECRETARY, Member, Rows, key
from server.models.messages import Delivery, Mailing, MailingReader, Message
from server.rules.messages import EMAIL, SLIP, DeliveryState, Topic

READERS = 40
SENT_ON, DRAFTED_ON = dt.timedelta(days=3), dt.timedelta(hours=2)
SAID = {
    "sent": {
        "title_zh": "关于召开专题协商会的通知",
        "title_en": "A consultation on the city's reading rooms",
        "text_zh": "专题协商会定于下周三 14:30 在第二会议室召开。\n\n请提前阅读会议材料；不能到会的，请在周一前请假。",
        "text_en": "It is held next Wednesday at 14:30 in meeting room 2.\n\n"
        "Read the papers before; who cannot come asks for leave by Monday.",
    },
    "draft": {"title_zh": "关于报送调研选题的通知", "title_en": "Send us topics for research"},
}
TROUBLES = {
    3: (DeliveryState.BOUNCED, "550 5.1.1 no such user"),
    11: (DeliveryState.GIVEN_UP, "451 4.2.2 mailbox full"),
}
"""What became of the delivery of that number; all others arrived, and every tenth waits on paper."""


def add_messages(rows: Rows, members: list[Member]) -> None:
    """Written by the secretary to some of the members."""
    named = {account.person_id for account in rows.accounts}
    first = [member for member in members if member.until is None]
    readers = sorted(first, key=lambda member: member.person.id not in named)[:READERS]
    for name, ago in (("sent", SENT_ON), ("draft", DRAFTED_ON)):
        at = rows.now - ago
        mailing = Mailing(
            id=key("mailing", name),
            **SAID[name],
            to_zh="十五届委员",
            to_en="the members of term 15",
            written_at=at,
            written_by_id=SECRETARY,
            sent_at=at if name == "sent" else None,
        )
        rows.mailings.append(mailing)
        for n, member in enumerate(readers):
            reader = MailingReader(id=key("reader", name, n), mailing_id=mailing.id, person_id=member.person.id)
            rows.readers.append(reader)
            if mailing.sent_at:
                _tell(rows, mailing, member, n)


def _tell(rows: Rows, mailing: Mailing, member: Member, n: int) -> None:
    at = mailing.sent_at
    text = {name: getattr(mailing, name) for name in ("title_zh", "title_en", "text_zh", "text_en")}
    whose = {"person_id": member.person.id, "mailing_id": mailing.id, "created_at": at}
    message = Message(id=key("message", n), topic=Topic.OFFICE, **text, **whose)
    rows.messages.append(message)
    state, said = TROUBLES.get(n, (DeliveryState.SENT, ""))
    state = DeliveryState.WAITING if n % 10 == 9 else state
    rows.deliveries.append(
        Delivery(
            id=key("delivery", n),
            envelope=key("delivery", n),
            message_id=message.id,
            channel=SLIP if state is DeliveryState.WAITING else EMAIL,
            state=state,
            said=said,
            tries=1 if said else 0,
            due_at=at,
            done_at=None if state is DeliveryState.WAITING else at,
            **whose,
        )
    )
