"""Names: how they are ordered, and that everyone is found by whatever they are called."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.names import (
    KEY_LENGTH,
    QUERY_WORDS,
    Searched,
    fold,
    search_text,
    search_title,
    search_words,
    sort_pinyin,
    sort_strokes,
    sort_title,
    split_script,
)
from server.rules.surnames import COMPOUND, COMPOUND_READINGS, GIVEN_TOO, SURNAMES

HANZI = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)
ANY = st.text(max_size=30)
NAMES = st.tuples(ANY | HANZI, ANY, ANY | HANZI, ANY)


def found(query, name_zh="", name_en="", family_name="", given_name=""):
    """Is the person found, as the query layer asks?"""
    text = search_text(name_zh, name_en, family_name, given_name)
    words = search_words(query)
    return bool(words) and all(word in text for word in words)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("单小明", ("单小明", "")),
        (" 欧阳娜娜 ", ("欧阳娜娜", "")),
        ("乃依木·亚森", ("乃依木·亚森", "")),
        ("José García", ("", "José García")),
        ("Anna 王", ("Anna 王", "")),
        ("㐂子", ("㐂子", "")),
        ("𬀩", ("𬀩", "")),
        ("Ποιμήν", ("", "Ποιμήν")),
        ("", ("", "")),
    ],
)
def test_a_name_with_a_han_character_is_a_chinese_name_and_stays_whole(name, parts):
    assert split_script(name) == parts


@pytest.mark.parametrize(
    ("surname", "reading"),
    [
        *(("单", "shan4"), ("仇", "qiu2"), ("解", "xie4"), ("查", "zha1"), ("曾", "zeng1"), ("朴", "piao2")),
        *(("区", "ou1"), ("盖", "ge3"), ("任", "ren2"), ("华", "hua4"), ("宁", "ning2"), ("万", "wan4")),
        *(("乐", "yue4"), ("员", "yun4"), ("缪", "miao4"), ("翟", "zhai2"), ("覃", "qin2"), ("卜", "bu3")),
        *(("葛", "ge3"), ("纪", "ji3"), ("燕", "yan1"), ("那", "na1"), ("牟", "mou2"), ("车", "che1")),
        *(("叶", "ye4"), ("沈", "shen3"), ("尉", "wei4"), ("盛", "sheng4"), ("夏", "xia4"), ("贾", "jia3")),
        *(("應", "ying1"), ("單", "shan4"), ("吕", "lv3"), ("王", "wang2"), ("李", "li3"), ("张", "zhang1")),
    ],
)
def test_a_surname_has_the_reading_of_a_surname(surname, reading):
    assert sort_pinyin(f"{surname}小明", "", "", "") == f"{reading}{surname} xiao3小 ming2明"
    assert sort_pinyin(f"{surname}小明", "", surname, "小明") == f"{reading}{surname} xiao3小 ming2明"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("尉迟恭", "yu4尉 chi2迟 gong1恭"),
        ("万俟卨", "mo4万 qi2俟 xie4卨"),
        ("长孙无忌", "zhang3长 sun1孙 wu2无 ji4忌"),
        ("澹台灭明", "tan2澹 tai2台 mie4灭 ming2明"),
        ("令狐冲", "ling2令 hu2狐 chong1冲"),
        ("欧阳修", "ou1欧 yang2阳 xiu1修"),
        ("诸葛亮", "zhu1诸 ge3葛 liang4亮"),
        ("司马迁", "si1司 ma3马 qian1迁"),
        ("万俟", "wan4万 qi2俟"),
        ("小单", "xiao3小 dan1单"),
        ("单　明", "shan4单 ming2明"),
        ("查理·单", "cha2查 li3理 dan1单"),
        ("乃依木•亚森", "nai3乃 yi1依 mu4木 ya4亚 sen1森"),
        ("A股王", "a gu3股 wang2王"),
        ("𰀀", "𰀀"),
        ("—", ""),
        ("", ""),
    ],
)
def test_the_pinyin_key_says_how_each_character_is_read(name, key):
    assert sort_pinyin(name, "", "", "") == key


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (("", "José García-O’Brien", "García-O'Brien", "José"), "garcia obrien jose"),
        (("", "Anna Maria Lee", "Lee", "Anna"), "lee anna maria"),
        (("", "Anna Lee", "", ""), "anna lee"),
        (("", "Cllr A. Lee", "Li", "Anna"), "li anna"),
        (("", "Cllr A. Lee", "Li", ""), "li cllr a lee"),
        (("", "", "Lee", "Anna"), "lee anna"),
        (("单小明", "Shan Xiaoming", "Shan", "Xiaoming"), "shan4单 xiao3小 ming2明"),
        (("乃依木·亚森", "", "亚森", "乃依木"), "ya4亚 sen1森 nai3乃 yi1依 mu4木"),
        (("", "Øystein Łukasz Straße", "", ""), "oystein lukasz strasse"),
        (("", "Ｗａｎｇ", "", ""), "wang"),
    ],
)
def test_the_family_name_leads_where_it_was_given(facts, key):
    assert sort_pinyin(*facts) == key


def test_the_pinyin_order_is_that_of_a_dictionary():
    right = [
        ("", "Ann Smith", "", ""),
        ("艾一", "", "", ""),
        ("", "Li Wei", "", ""),
        ("李一", "", "", ""),
        ("李一一", "", "", ""),
        ("李二", "", "", ""),
        ("林一", "", "", ""),
        ("单一", "", "", ""),
        ("张三", "", "", ""),
        ("张一", "", "", ""),
        ("章二", "", "", ""),
    ]
    keys = [sort_pinyin(*name) for name in right]

    assert sorted(keys, key=lambda key: key.encode()) == [
        "ai4艾 yi1一",
        "ann smith",
        "li wei",
        "li3李 er4二",
        "li3李 yi1一",
        "li3李 yi1一 yi1一",
        "lin2林 yi1一",
        "shan4单 yi1一",
        "zhang1张 san1三",
        "zhang1张 yi1一",
        "zhang1章 er4二",
    ]


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (("单小明", "", "", ""), "08单 03小 08明"),
        (("欧阳修", "", "", ""), "08欧 06阳 09修"),
        (("乃依木·亚森", "", "", ""), "02乃 08依 04木 06亚 12森"),
        (("一龘", "", "", ""), "01一 48龘"),
        (("丁𪚥", "", "", ""), "02丁 61𪚥"),
        (("㐂", "", "", ""), "06㐂"),
        (("〇", "", "", ""), "99〇"),
        (("丁\U000323af", "", "", ""), "02丁 23\U000323af"),
        (("", "José García", "García", "José"), "~garcia ~jose"),
        (("A丁", "", "", ""), "~a 02丁"),
        (("", "", "", ""), ""),
    ],
)
def test_the_strokes_key_counts_each_character(facts, key):
    assert sort_strokes(*facts) == key


def test_rosters_by_strokes_keep_a_surname_together_and_latin_names_last():
    names = ["Zoe", "龚一", "王一", "丁二", "方三", "王三", "丁一", "Ann", "王"]
    keys = {sort_strokes(*split_script(name), "", ""): name for name in names}

    assert [keys[key] for key in sorted(keys, key=str.encode)] == [
        *("丁一", "丁二", "方三", "王", "王一", "王三", "龚一", "Ann", "Zoe"),
    ]


def test_a_very_long_name_has_a_key_that_fits():
    name = "撞" * 200

    assert len(sort_pinyin(name, "", "", "")) == KEY_LENGTH
    assert len(sort_strokes(name, "", "", "")) == KEY_LENGTH
    assert len(search_text(name, "", name[:100], name[100:])) < 20_000


@pytest.mark.parametrize(
    "query",
    [
        *("单小明", "小明", "单", "小明 单", "单xm", "单·小明", "單小明"[1:]),
        *("shàn xiǎomíng", "shànxiǎomíng", "Shàn Xiǎo Míng", "xiǎomíng shàn"),
        *("shan4", "shan4 xiao3 ming2", "shan4xiao3ming2", "xiao3ming2shan4", "ming2"),
        *("shanxiaoming", "shan xiao ming", "SHAN Xiaoming", "xiaoming shan", "xiaomingshan", "sxm", "xm"),
        *("chan", "dan", "chanxiaoming", "dxm", "ｓｈａｎ"),
    ],
)
def test_a_chinese_name_is_found_by_each_way_to_write_it(query):
    assert found(query, "单小明")
    assert found(query, "单小明", "", "单", "小明")


@pytest.mark.parametrize("query", ["shaan", "shan3", "小单", "ming2xiao3", "!", ""])
def test_it_is_not_found_by_what_it_is_not(query):
    assert not found(query, "单小明")


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        *(
            (query, ("乃依木·亚森",))
            for query in ("乃依木·亚森", "乃依木亚森", "乃依木•亚森", "亚森", "naiyimu", "nymys")
        ),
        *((query, ("乃依木．亚森",)) for query in ("乃依木·亚森", "乃依木‧亚森", "乃依木・亚森", "yasen")),
        *((query, ("吕　布",)) for query in ("吕布", "lvbu", "lübu", "lǚ bù", "lubu", "lyubu", "lv3", "lu3bu4", "lb")),
        *((query, ("尉迟恭",)) for query in ("yuchi", "weichi", "yuchigong", "gongyuchi", "ycg", "尉迟")),
        *((query, ("曾乐",)) for query in ("zengle", "zengyue", "cengle", "yue4", "le")),
        *(
            (query, ("", "José García-O’Brien"))
            for query in ("José", "jose", "GARCÍA", "garcia-o'brien", "OBrien jose")
        ),
        *((query, ("", "Anna Lee", "Lee", "Anna")) for query in ("lee anna", "annalee", "leeanna", "Lee, Anna")),
        *((query, ("", "Xiaoming Wang", "Wang", "Xiaoming")) for query in ("wáng xiǎomíng", "wangxiaoming")),
        *((query, ("王明", "Wang Ming David")) for query in ("david", "王 david", "wm", "wang2 david")),
        *((query, ("", "", "Lee", "Anna")) for query in ("anna", "lee")),
        *((query, ("单小明", "", "單", "")) for query in ("單", "单小明", "shan4")),
        *((query, ("𬀩丁",)) for query in ("𬀩丁", "丁")),
    ],
)
def test_every_kind_of_name_is_found(query, facts):
    assert found(query, *facts)


def test_a_query_has_at_most_eight_words_and_escapes_nothing():
    assert search_words("  Wáng  小明xm, O'Brien 100%_ ") == ["wang", "小明", "xm", "obrien", "100"]
    assert search_words("a b c d e f g h i") == list("abcdefgh")
    assert QUERY_WORDS == 8
    assert search_words(" · ") == []


def test_the_tables_say_something_that_the_library_does_not():
    for surname, reading in SURNAMES.items():
        assert sort_pinyin(f"小{surname}", "", "", "") != f"xiao3小 {reading}{surname}"
    for surname, readings in COMPOUND_READINGS.items():
        assert surname in COMPOUND
        assert sort_pinyin(f"{surname}一", "", "", "").startswith(readings[0] + surname[0])
    assert all(len(surname) == 2 for surname in COMPOUND)
    for character, reading in GIVEN_TOO.items():
        assert sort_pinyin(f"小{character}", "", "", "") != f"xiao3小 {reading}{character}"


def test_the_library_comes_only_when_needed_and_without_its_phrases():
    program = """
import sys
from server.rules.names import sort_pinyin
sort_pinyin("", "Anna Lee", "", "")
assert "pypinyin" not in sys.modules
sort_pinyin("单小明", "", "", "")
assert "pypinyin" in sys.modules and "pypinyin.phrases_dict" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("任免委员会", "Appointments"), "ren4任 mian3免 wei3委 yuan2员 hui4会"),
        (("", "Health Committee"), "health committee"),
        (("", ""), ""),
    ],
)
def test_what_is_no_person_has_no_surname(names, key):
    assert sort_title(*names) == key


@pytest.mark.parametrize(
    "query", ["华北 north", "huabei", "hua2bei3", "hbzqxz", "重庆小组", "chongqing", "zhong4qing4"]
)
def test_a_body_is_found_like_a_person(query):
    text = search_title("华北·重庆小组", "North Group")

    assert [word for word in search_words(query) if word not in text] == []


@given(ANY | HANZI, ANY)
def test_a_body_is_found_by_each_of_its_names(name_zh, name_en):
    text = search_title(name_zh, name_en)

    assert [word for word in search_words(f"{name_zh} {name_en}") if word not in text] == []
    assert len(sort_title(name_zh, name_en)) <= KEY_LENGTH


@given(NAMES)
def test_keys_and_search_text_are_stable_and_can_be_kept(name):
    for derive in (sort_pinyin, sort_strokes, search_text):
        text = derive(*name)
        assert text == derive(*name)
        assert text == text.strip()
        assert "\0" not in text
        text.encode()
    assert len(sort_pinyin(*name)) <= KEY_LENGTH
    assert len(sort_strokes(*name)) <= KEY_LENGTH


@given(ANY)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(NAMES)
def test_a_person_is_found_by_each_of_their_names(name):
    text = search_text(*name)

    for part in (*name, f"{name[3]} {name[2]}"):
        assert [word for word in search_words(part) if word not in text] == []


@given(HANZI)
def test_a_person_is_found_by_pinyin_as_the_key_spells_it(name):
    syllables = ["".join(c for c in part if c.isascii()) for part in sort_pinyin(name, "", "", "").split()]
    plain = [syllable.rstrip("12345") for syllable in syllables]

    for query in (" ".join(syllables), "".join(syllables), "".join(plain), "".join(s[:1] for s in plain)):
        assert not query or found(query, name)


@given(st.lists(HANZI, min_size=2, max_size=2, unique=True))
def test_two_chinese_names_never_share_a_key(names):
    assert len({sort_pinyin(name, "", "", "") for name in names}) == 2
    assert len({sort_strokes(name, "", "", "") for name in names}) == 2


@given(HANZI, HANZI)
def test_a_name_comes_before_the_longer_one_that_begins_with_it(name, more):
    for key in (sort_strokes, sort_pinyin):
        assert key(name, "", name, "").encode() < key(name + more, "", name, "").encode()


def test_words_that_are_known_are_not_looked_for():
    query = Searched("whatever")
    query.words = ("one", "two")

    assert search_words(query) == ["one", "two"]


def test_ascii_is_folded_as_all_else_is() -> None:
    every = "".join(chr(code) for code in range(128))

    assert fold(every + "é") == fold(every) + "e"
    assert fold("O'Brien`s") == "obriens"
