"""The press: what it prints can be read, found and heard; it reaches nothing, and holds nobody up."""

import asyncio
import datetime as dt
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.paper import child, press
from server.paper.press import Busy, NotPrinted, Press, fault
from server.paper.sheets import Foot, Sheet
from tests.paper.reading import read
from tests.waiting import until

NOW = dt.datetime(2026, 11, 28, 9, 30, tzinfo=dt.UTC)
A4 = (595.28, 841.89)


def sheet(main: str, lang: str = "zh") -> Sheet:
    foot = Foot("江州市政协 · 2026年11月28日", "王秘书 打印", ("第 ", " 页，共 ", " 页"))
    return Sheet(f'<main id="main">{main}</main>', lang, "王秘书", NOW, foot)


def rows(number: int) -> str:
    each = "".join(f"<tr><th>委员甲{n:04}号</th><td>江州大学</td></tr>" for n in range(number))
    return f"<table><thead><tr><th>姓名</th><th>工作单位</th></tr></thead><tbody>{each}</tbody></table>"


async def test_a_pdf_says_what_it_is_in_words_that_can_be_found() -> None:
    pdf = read(await Press().printed(sheet("<h1>委员名册</h1><h2>文艺界</h2><p>单小明·Ann Lee，喆堃镕䶮㛃</p>")))

    assert "单小明·Ann Lee，喆堃镕䶮㛃" in pdf.text
    assert (pdf.title, pdf.author, pdf.lang.lower()[:2]) == ("委员名册", "王秘书", "zh")
    assert pdf.tagged
    assert pdf.ua
    assert pdf.outline == ["委员名册", "文艺界"]
    assert pdf.fonts
    assert all(pdf.fonts.values()), pdf.fonts
    assert [tuple(round(side) for side in size) for size in pdf.size] == [tuple(round(side) for side in A4)]


async def test_each_page_has_its_foot_its_number_and_the_heads_of_its_table() -> None:
    pdf = read(await Press().printed(sheet(f"<h1>名册</h1>{rows(100)}")))

    assert len(pdf.pages) > 2
    for number, page in enumerate(pdf.pages, 1):
        assert f"第 {number} 页，共 {len(pdf.pages)} 页" in page
        assert "江州市政协 · 2026年11月28日" in page
        assert "王秘书 打印" in page
        assert page.count("工作单位") == 1
    names = [f"委员甲{n:04}号" for n in range(100)]
    assert pdf.order(names) == names


async def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    for before in range(20, 40):
        lines = "".join(f"<p>第{n}行</p>" for n in range(before))
        pdf = read(await Press().printed(sheet(f"<h1>甲</h1>{lines}<h2>界别标题</h2>{rows(2)}")))
        page = next(page for page in pdf.pages if "界别标题" in page)
        assert "委员甲0000号" in page, before


HOSTILE = [
    '#image("/etc/passwd")',
    '#read("/etc/passwd")',
    '#include "/etc/passwd"',
    '#import "@preview/x:1.0.0": *',
    "#panic()",
    "$x$ *b* _i_ `c` @ref <label> #[x] \\ // /* */",
    "<img src='http://127.0.0.1:{port}/x'>",
    "![](http://127.0.0.1:{port}/x) http://127.0.0.1:{port}/y",
    '"]; #sys.inputs',
]


@pytest.fixture
def listening() -> Iterator[tuple[int, list[str]]]:
    """A server that notes who comes."""
    came: list[str] = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_error(404)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, came
    server.shutdown()
    server.server_close()


async def test_a_malicious_name_is_printed_as_it_is_and_fetches_nothing(listening: tuple[int, list[str]]) -> None:
    port, came = listening
    names = [name.replace("{port}", str(port)) for name in HOSTILE]
    escaped = "".join(f"<p>{name.replace('&', '&amp;').replace('<', '&lt;')}</p>" for name in names)
    loose = f"<img src='http://127.0.0.1:{port}/z'><link rel=stylesheet href='http://127.0.0.1:{port}/s'>"

    pdf = read(await Press().printed(sheet(f"<h1>x</h1>{escaped}{loose}")))

    shown = "".join(pdf.text.split())
    assert [name for name in names if "".join(name.split()) not in shown] == []
    assert "root:" not in pdf.text
    assert came == []


def test_what_is_printed_is_never_evaluated_and_nothing_is_read_beside_it() -> None:
    layout = Path(child.__file__).with_name("sheet.typ").read_text("utf-8")
    code = "\n".join(line.split("//")[0] for line in layout.splitlines())

    for word in ("eval(", "read(", "include", "import", "plugin(", "csv(", "yaml(", "toml(", "xml(", "cbor("):
        assert word not in code, word
    assert code.count("json(") == 1
    assert (code.count("image("), code.count('image(bytes(node.svg), format: "svg"')) == (1, 1)


async def test_a_character_that_no_font_has_is_a_box_and_the_pdf_claims_no_standard() -> None:
    good, poor = [read(await Press().printed(sheet(f"<h1>甲{between}乙</h1>"))) for between in ("", "\U00040000")]

    assert ("甲乙" in good.text, good.ua, good.tagged) == (True, True, True)
    assert (poor.pages[0][0], poor.pages[0][2], poor.title) == ("甲", "乙", "甲\U00040000乙")
    assert (poor.ua, poor.tagged) == (False, True)


async def test_a_sheet_that_takes_more_memory_than_it_may_is_given_up() -> None:
    with pytest.raises(NotPrinted) as told:
        await Press(memory=150_000_000).printed(sheet(f"<h1>x</h1>{rows(3000)}"))

    assert str(told.value.why) == "It takes more memory than it may. Ask for less at a time."


async def test_a_sheet_that_takes_more_of_the_processor_than_it_may_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    busy = tmp_path / "child.py"
    bounds = f"import sys; sys.path.insert(0, {str(child.HERE.parents[1])!r}); from server.paper.child import bound"
    busy.write_text(f"{bounds}\nbound(1 << 30, 1)\nwhile True: pass")
    monkeypatch.setattr(press, "CHILD", busy)

    with pytest.raises(NotPrinted) as told:
        await Press().printed(sheet("<h1>x</h1>"))

    assert str(told.value.why) == "It would take too long. Ask for less at a time."


async def test_what_went_wrong_for_no_known_reason_leads_to_the_office_and_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("import sys; sys.exit('a bug')")
    monkeypatch.setattr(press, "CHILD", broken)

    with pytest.raises(NotPrinted) as told:
        await Press().printed(sheet("<h1>x</h1>"))

    assert str(told.value.why) == "Something went wrong. Tell the general office the number below."
    assert str(told.value) == "exit 1: a bug"


async def test_a_sheet_that_takes_too_long_is_given_up_and_its_process_is_gone() -> None:
    slow = Press(seconds=0)

    with pytest.raises(NotPrinted) as told:
        await slow.printed(sheet("<h1>x</h1>"))

    assert str(told.value.why) == "It would take too long. Ask for less at a time."


async def test_a_machine_that_cannot_begin_one_more_process_leads_to_the_office_and_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press.sys, "executable", "/nowhere/python")

    with pytest.raises(NotPrinted) as told:
        await Press().printed(sheet("<h1>x</h1>"))

    assert str(told.value.why) == "Something went wrong. Tell the general office the number below."
    assert "/nowhere/python" in str(told.value)


def presses() -> int:
    """How many processes of ours are printing."""
    running = subprocess.run(["ps", "-axwwo", "ppid=,command="], capture_output=True, text=True, check=True).stdout
    ours = [line for line in running.splitlines() if line.split()[0] == str(os.getpid())]
    return sum(str(press.CHILD) in line for line in ours)


async def test_who_goes_away_takes_the_process_along() -> None:
    printing = asyncio.create_task(Press().printed(sheet(f"<h1>x</h1>{rows(5000)}")))
    await until(lambda: bool(presses()))

    printing.cancel()
    await asyncio.wait([printing])

    assert presses() == 0


async def test_one_sheet_at_a_time_some_wait_and_more_are_sent_away() -> None:
    small = Press(at_once=1, waiting=1)

    first, second = (asyncio.create_task(small.printed(sheet("<h1>x</h1>"))) for _ in range(2))
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await small.printed(sheet("<h1>x</h1>"))

    assert (await first).startswith(b"%PDF-")
    assert (await second).startswith(b"%PDF-")
    assert (await small.printed(sheet("<h1>x</h1>"))).startswith(b"%PDF-")


async def test_the_press_is_held_for_who_has_it_and_others_wait_no_longer_than_they_say() -> None:
    one = Press()

    async with one.turn() as prints:
        with pytest.raises(Busy):
            async with one.turn(within=0):
                raise AssertionError("it is another's")
        first = await prints(sheet("<h1>x</h1>"))

    assert first.startswith(b"%PDF-")
    assert (await one.printed(sheet("<h1>x</h1>"))).startswith(b"%PDF-")


async def test_others_are_answered_while_a_sheet_is_printed() -> None:
    printing = asyncio.create_task(Press().printed(sheet(f"<h1>x</h1>{rows(800)}")))
    turns = 0
    while not printing.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert (await printing).startswith(b"%PDF-")
    assert turns > 50, "the loop went round while the other process was at work"


async def test_a_machine_that_can_print_says_so() -> None:
    assert await fault() == ""


async def test_a_machine_without_the_engine_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without = tmp_path / "child.py"
    without.write_text("import sys; sys.stdin.read(); sys.exit('NO_ENGINE No module named typst')")
    monkeypatch.setattr(press, "CHILD", without)

    assert await fault() == (
        "The package typst is missing on the server. Install what Luzhi needs again. (NO_ENGINE No module named typst)"
    )
