"""How surnames are read where a dictionary's first reading of the character is another one.

Source: the readings marked as surnames in the common dictionaries of modern Chinese. Where two families read one
character differently (乐 Yuè and Lè, 覃 Qín and Tán), the more frequent one; staff can set the key by hand.
"""

_SINGLE = """
单shan4 單shan4 仇qiu2 解xie4 查zha1 曾zeng1 朴piao2 区ou1 區ou1 盖ge3 蓋ge3 任ren2 华hua4 華hua4 甯ning4 乐yue4
樂yue4 员yun4 員yun4 缪miao4 繆miao4 翟zhai2 覃qin2 召shao4 秘bi4 洗xian3 折she2 种chong2 種chong2 纪ji3 紀ji3 过guo1
過guo1 哈ha3 卜bu3 葛ge3 佴nai4 那na1 都du1 燕yan1 隗wei3 郇xun2 祭zhai4 繁po2 句gou1 薄bo2 賁ben1 干gan1 阚kan4
能nai4 粘nian2 占zhan1 乜nie4 藏zang1 撒sa3 相xiang4 要yao1 么yao1 适kuo4 少shao4 於yu1 角jue2 闕que1 炅gui4
"""

SURNAMES = {entry[0]: entry[1:] for entry in _SINGLE.split()}
"""Character -> its reading as a surname, with the tone's number."""

_TWO = """
欧阳歐陽 司马司馬 上官上官 诸葛諸葛 东方東方 皇甫皇甫 尉迟尉遲 公孙公孫 令狐令狐 慕容慕容 轩辕軒轅 夏侯夏侯 司徒司徒
司空司空 宇文宇文 长孙長孫 鲜于鮮于 闾丘閭丘 万俟萬俟 赫连赫連 澹台澹臺 公冶公冶 宗政宗政 濮阳濮陽 淳于淳于 申屠申屠
公羊公羊 仲孙仲孫 钟离鍾離 呼延呼延 独孤獨孤 南宫南宮 西门西門 端木端木 百里百里 东郭東郭 拓跋拓跋 纳兰納蘭 完颜完顏
乐正樂正 亓官亓官 漆雕漆雕 谷梁穀梁 宰父宰父 梁丘梁丘 左丘左丘 巫马巫馬 相里相里
"""

COMPOUND = frozenset(half for entry in _TWO.split() for half in (entry[:2], entry[2:]))
"""Surnames of two characters. They guide keys and search only: a stored name is never split by them."""

COMPOUND_READINGS = {
    "尉迟": ("yu4", "chi2"),
    "尉遲": ("yu4", "chi2"),
    "令狐": ("ling2", "hu2"),
    "长孙": ("zhang3", "sun1"),
    "長孫": ("zhang3", "sun1"),
    "万俟": ("mo4", "qi2"),
    "萬俟": ("mo4", "qi2"),
    "澹台": ("tan2", "tai2"),
    "澹臺": ("tan2", "tai2"),
    "宰父": ("zai3", "fu3"),
}
"""Those of them that are not read as their characters are."""

_SECOND = """
乐yue4 行hang2 朝zhao1 长chang2 重chong2 茜xi1 晟sheng4 娜nuo2 传zhuan4 藏zang4 柏bo2 朴piao2 曾zeng1 少shao4 翟zhai2
"""

GIVEN_TOO = {entry[0]: entry[1:] for entry in _SECOND.split()}
"""A second reading that given names really use: search knows it, the order does not."""
