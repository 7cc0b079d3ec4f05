"""Apps that act for people: as administrators register them, and as each person connects and disconnects them."""

import datetime as dt
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from server.models import accounts
from server.models.accounts import apps as verbs
from server.models.accounts.consents import app_disconnect, own_consents
from server.models.reads import Columns
from server.rules.apps import consent_end
from server.rules.permissions import Action, within
from server.schema.accounts import Account
from server.schema.arguments import spread
from server.schema.declared import DESCRIBED
from server.schema.granting.wishes import actions
from server.schema.guard import needs
from server.schema.ids import key_of
from server.schema.making import made, makes
from server.schema.node import Node
from server.schema.paging import Connection, Slice, connect
from server.schema.problems import Problems
from server.schema.reading import Answer, Id, chosen, column, computed, given, one, reads, shows
from server.schema.repeating import ONCE
from server.schema.rows import all_of, everyone, row_of
from server.viewer import Viewer


@strawberry.type(description="A program that people can let act in their name. Its ID is its client_id.")
@reads(accounts.App, everyone)
class App(Node):
    """An app; its secret is shown once."""

    name: str = chosen("name", "Its name, in your language.")
    name_zh: str = column("Its name in Chinese.")
    name_en: str = column("Its name in English.")
    redirects: list[str] = column("Where it may have people sent back to, letter by letter.")
    scopes: list[str] = column("The most that it may ever be given: ROOM:read or ROOM:write.")
    confidential: bool = column("Whether it runs where it can keep a secret.")
    created_at: dt.datetime = column("When it was registered.")
    created_by = one(accounts.Account, "created_by", Account | None, "Who registered it.")
    disabled_at: dt.datetime | None = column("When it was disabled; null while it may act.")


@strawberry.type(description="An app that you let act in your name.")
@reads(accounts.Consent, own_consents)
class ConnectedApp(Node):
    """What was allowed to an app and still holds."""

    app = one(accounts.App, "app", App, "The app.")
    scopes: list[str] = column("What you allowed it, of what you may yourself.")
    created_at: dt.datetime = column("When you connected it.")
    last_used_at: dt.datetime | None = column("When it last acted, to the minute; null if never.")

    @computed("From when on it has to ask you again.", "created_at", "renewed_at")
    def expires_at(root: strawberry.Parent[accounts.Consent], info: Answer) -> dt.datetime:
        """A year after it was allowed, or allowed anew."""
        return consent_end(root.created_at, root.renewed_at)

    @makes("What it may do in your name now, in words.", "scopes", "app_id")
    async def actions(root: strawberry.Parent[accounts.Consent], info: Answer) -> list[str]:
        """Of what its scopes allow: what the app may still have, and you may still do."""
        viewer = info.context.viewer
        app = Columns(accounts.App.filter(id=root.app_id), ("scopes", "disabled_at"))
        return cast(list[str], await made(info.context, {"app": app}, partial(_phrases, viewer, root)))


def _phrases(viewer: Viewer, consent: Any, found: Any) -> list[str]:
    ((most, disabled_at),) = found["app"]
    left = [] if disabled_at else within(consent.scopes, most)
    return [words.into(viewer.locale) for words in actions(viewer, left)]


@strawberry.type(description="The app as it is now.")
class AppPayload:
    """Success."""

    app: App = strawberry.field(description="The app.")


@strawberry.type(description="The app, and its secret for this one time.")
class AppIssued:
    """Success; the secret is never shown again."""

    app: App = strawberry.field(description="The app.")
    secret: str = strawberry.field(
        description="To be shown with its ID at /oauth/token; empty for one that keeps none."
    )


@strawberry.type(description="The app that may nothing in your name any more.")
class AppDisconnected:
    """Success."""

    app: App = strawberry.field(description="The app.")


AppResult = Annotated[AppPayload | Problems, strawberry.union("AppResult", description="The app, or why not.")]
AppIssueResult = Annotated[AppIssued | Problems, strawberry.union("AppIssueResult", description="The app, or why not.")]
DisconnectResult = Annotated[
    AppDisconnected | Problems, strawberry.union("DisconnectResult", description="The app, or why not.")
]
NameZh = Annotated[str, strawberry.argument(description="Its name in Chinese.")]
NameEn = Annotated[str, strawberry.argument(description="Its name in English.")]
Redirects = Annotated[
    list[str],
    strawberry.argument(description="Where it may have people sent back to: https, or http on the same machine."),
]
Scopes = Annotated[list[str], strawberry.argument(description="The most that it may ever be given.")]
Confidential = Annotated[bool, strawberry.argument(description="Whether it runs where it can keep a secret.")]


@strawberry.input(description="What is changed of an app; what is left out stays.")
class AppChange:
    """Facts of an app."""

    name_zh: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in Chinese.")
    name_en: str | None = strawberry.field(default=strawberry.UNSET, description="Its name in English.")
    redirects: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Where it may have people sent back to."
    )
    scopes: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The most that it may ever be given; less works at the next request."
    )


@strawberry.type
class AppQuery:
    """Root fields of this room."""

    @strawberry.field(
        description="Every app that is registered, by its Chinese name.",
        graphql_type=Connection[App],
        extensions=needs(Action.REGISTER_APPS),
        metadata=DESCRIBED,
    )
    @spread
    async def apps(self, info: Answer, *, part: Slice) -> Any:
        """Disabled ones too."""
        return await connect(info.context, accounts.App.all(), ("name_zh", "id"), part)

    @strawberry.field(
        description="One app, null where there is none.",
        graphql_type=App | None,
        extensions=needs(Action.REGISTER_APPS),
        metadata=DESCRIBED,
    )
    async def app(self, info: Answer, id: Id) -> Any:
        """By its ID."""
        return await row_of(info.context, accounts.App, key_of(id, accounts.App))

    @strawberry.field(
        description="The apps that you let act in your name, the newest first.",
        graphql_type=list[ConnectedApp],
        extensions=needs(Action.KEEP_PROGRAMS),
        metadata=DESCRIBED,
    )
    async def connected_apps(self, info: Answer) -> Any:
        """Your own, whoever you are."""
        rows = accounts.Consent.filter(own_consents(info.context.viewer))
        return await all_of(info.context, rows.order_by("-created_at", "id"))


async def _app(key: UUID) -> AppPayload:
    return shows(AppPayload, app=await accounts.App.get(id=key))


async def _issued(registered: verbs.RegisteredApp) -> AppIssued:
    return shows(AppIssued, app=await accounts.App.get(id=registered.id), secret=registered.secret)


@strawberry.type
class AppMutation:
    """Root fields that change this room."""

    @strawberry.mutation(
        description="Registers an app, so that people can connect it.",
        extensions=needs(Action.REGISTER_APPS),
        metadata=ONCE,
    )
    async def app_register(
        self,
        info: Answer,
        name_zh: NameZh,
        name_en: NameEn,
        redirects: Redirects,
        scopes: Scopes,
        confidential: Confidential,
    ) -> AppIssueResult:
        """A confidential one gets a secret."""
        registered = await verbs.app_register(
            info.context.viewer,
            name_zh=name_zh,
            name_en=name_en,
            redirects=redirects,
            scopes=scopes,
            confidential=confidential,
        )
        return await _issued(registered)

    @strawberry.mutation(
        description="Changes an app; what it may no more, it may no more at the next request.",
        extensions=needs(Action.REGISTER_APPS),
    )
    async def app_change(
        self,
        info: Answer,
        id: Id,
        change: Annotated[AppChange, strawberry.argument(description="What is changed.")],
    ) -> AppResult:
        """Nobody's consent grows by it."""
        key = key_of(id, accounts.App)
        await verbs.app_change(info.context.viewer, app=key, **given(change, accounts.App))
        return await _app(key)

    @strawberry.mutation(
        description="Lets an app act for nobody any more, at once.", extensions=needs(Action.REGISTER_APPS)
    )
    async def app_disable(self, info: Answer, id: Id) -> AppResult:
        """It can be enabled again."""
        key = key_of(id, accounts.App)
        await verbs.app_disable(info.context.viewer, app=key)
        return await _app(key)

    @strawberry.mutation(
        description="Lets a disabled app act again for those who connected it.", extensions=needs(Action.REGISTER_APPS)
    )
    async def app_enable(self, info: Answer, id: Id) -> AppResult:
        """Not for those who disconnected it."""
        key = key_of(id, accounts.App)
        await verbs.app_enable(info.context.viewer, app=key)
        return await _app(key)

    @strawberry.mutation(
        description="Gives an app a new secret, in place of the old one at once.",
        extensions=needs(Action.REGISTER_APPS),
        metadata=ONCE,
    )
    async def app_secret(self, info: Answer, id: Id) -> AppIssueResult:
        """For a confidential one."""
        return await _issued(await verbs.app_secret(info.context.viewer, app=key_of(id, accounts.App)))

    @strawberry.mutation(
        description="Ends what you allowed an app; it may nothing in your name from its next request on.",
        extensions=needs(Action.KEEP_PROGRAMS),
    )
    async def app_disconnect(self, info: Answer, id: Id) -> DisconnectResult:
        """By the ID of the connected app."""
        consent = await app_disconnect(info.context.viewer, consent=key_of(id, accounts.Consent))
        return shows(AppDisconnected, app=await accounts.App.get(id=consent.app_id))
