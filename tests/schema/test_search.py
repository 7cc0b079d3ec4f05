"""Names are found however they are typed: in hanzi, pinyin with or without tones, by initials, in Latin letters."""

import pytest

from tests import make
from tests.web.visitors import Asks

SEARCH = "query ($search: String!) { people(search: $search) { edges { node { nameZh nameEn } } } }"


@pytest.mark.parametrize(
    "typed",
    ["单雄信", "单", "雄信", "shan xiongxin", "Shàn Xióngxìn", "shanxiongxin", "SHAN", "xiongxin", "sxx", "shan4"],
)
@pytest.mark.usefixtures("everyone")
async def test_a_chinese_name_is_found(ask: Asks, typed: str) -> None:
    await make.person("单雄信")
    await make.person("丹尼尔")

    edges = (await ask("member", SEARCH, search=typed))["data"]["people"]["edges"]

    assert {"node": {"nameZh": "单雄信", "nameEn": ""}} in edges
    assert {"node": {"nameZh": "丹尼尔", "nameEn": ""}} not in edges


@pytest.mark.parametrize("typed", ["Ünal", "unal", "ayşe", "AYSE unal", "ay", "Ａｙｓｅ"])
@pytest.mark.usefixtures("everyone")
async def test_a_latin_name_is_found(ask: Asks, typed: str) -> None:
    await make.person(name_en="Ayşe Ünal")

    edges = (await ask("member", SEARCH, search=typed))["data"]["people"]["edges"]

    assert {"node": {"nameZh": "", "nameEn": "Ayşe Ünal"}} in edges


@pytest.mark.parametrize("typed", ["%", "_", "nobody of that name", "'", "\\", "\x00"])
@pytest.mark.usefixtures("everyone")
async def test_signs_find_nothing_and_break_nothing(ask: Asks, typed: str) -> None:
    assert (await ask("member", SEARCH, search=typed))["data"]["people"]["edges"] == []
