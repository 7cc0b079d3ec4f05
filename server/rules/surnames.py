"""How surnames are read where a dictionary's first reading of the character is another one.

Source: the readings marked as surnames in the common dictionaries of modern Chinese. Where two families read one
character differently (宁 Níng and Nìng, 乐 Yuè and Lè), the more frequent one; staff can set the key by hand.
"""

SURNAMES = {
    pair[0]: pair[1:]
    for pair in (
        "单shan4 單shan4 仇qiu2 解xie4 查zha1 曾zeng1 朴piao2 区ou1 區ou1 盖ge3 蓋ge3 任ren2 华hua4 華hua4 宁ning2 "
        "寧ning2 甯ning4 尉wei4 万wan4 萬wan4 乐yue4 樂yue4 员yun4 員yun4 缪miao4 繆miao4 翟zhai2 牟mou2 覃qin2 召shao4 "
        "秘bi4 冼xian3 洗xian3 折she2 种chong2 種chong2 纪ji3 紀ji3 过guo1 過guo1 哈ha3 卜bu3 葛ge3 佴nai4 那na1 都du1 "
        "燕yan1 应ying1 應ying1 隗wei3 郇xun2 逄pang2 祭zhai4 车che1 車che1 叶ye4 葉ye4 石shi2 谌chen2 諶chen2 訾zi1 "
        "郗xi1 郄qie4 郤xi4 繁po2 句gou1 沈shen3 盛sheng4 柏bai3 薄bo2 贲ben1 賁ben1 费fei4 費fei4 冯feng2 馮feng2 干gan1 "
        "宓mi4 厍she4 莘shen1 殷yin1 阚kan4 闞kan4 蒙meng2 能nai4 粘nian2 占zhan1 乜nie4 陆lu4 陸lu4 逯lu4 藏zang1 撒sa3 "
        "相xiang4 幸xing4 要yao1 么yao1 恽yun4 惲yun4 曲qu1 适kuo4 少shao4 眭sui1 仝tong2 笮ze2 於yu1 苑yuan4 "
        "晟cheng2 角jue2 隽juan4 阙que1 闕que1 炅gui4 炔gui4 毋wu2 夏xia4 呙guo1 咼guo1 亓qi2 晁chao2 宿su4 邸di3 "
        "长chang2 臧zang1 瞿qu2 戚qi1 强qiang2 余yu2 俞yu2 于yu2 景jing3 贾jia3 賈jia3 谷gu3 尹yin3 奚xi1 桑sang1 戴dai4"
    ).split()
}
"""character -> reading with tone number."""

COMPOUND = {
    "欧阳": "ou1 yang2",
    "歐陽": "ou1 yang2",
    "司马": "si1 ma3",
    "司馬": "si1 ma3",
    "上官": "shang4 guan1",
    "诸葛": "zhu1 ge3",
    "諸葛": "zhu1 ge3",
    "东方": "dong1 fang1",
    "東方": "dong1 fang1",
    "皇甫": "huang2 fu3",
    "尉迟": "yu4 chi2",
    "尉遲": "yu4 chi2",
    "公孙": "gong1 sun1",
    "公孫": "gong1 sun1",
    "令狐": "ling2 hu2",
    "慕容": "mu4 rong2",
    "轩辕": "xuan1 yuan2",
    "軒轅": "xuan1 yuan2",
    "夏侯": "xia4 hou2",
    "司徒": "si1 tu2",
    "司空": "si1 kong1",
    "宇文": "yu3 wen2",
    "长孙": "zhang3 sun1",
    "長孫": "zhang3 sun1",
    "鲜于": "xian1 yu2",
    "鮮于": "xian1 yu2",
    "闾丘": "lv2 qiu1",
    "閭丘": "lv2 qiu1",
    "万俟": "mo4 qi2",
    "萬俟": "mo4 qi2",
    "赫连": "he4 lian2",
    "赫連": "he4 lian2",
    "澹台": "tan2 tai2",
    "澹臺": "tan2 tai2",
    "公冶": "gong1 ye3",
    "宗政": "zong1 zheng4",
    "濮阳": "pu2 yang2",
    "濮陽": "pu2 yang2",
    "淳于": "chun2 yu2",
    "申屠": "shen1 tu2",
    "公羊": "gong1 yang2",
    "仲孙": "zhong4 sun1",
    "仲孫": "zhong4 sun1",
    "钟离": "zhong1 li2",
    "鍾離": "zhong1 li2",
    "呼延": "hu1 yan2",
    "独孤": "du2 gu1",
    "獨孤": "du2 gu1",
    "南宫": "nan2 gong1",
    "南宮": "nan2 gong1",
    "西门": "xi1 men2",
    "西門": "xi1 men2",
    "端木": "duan1 mu4",
    "百里": "bai3 li3",
    "东郭": "dong1 guo1",
    "東郭": "dong1 guo1",
    "拓跋": "tuo4 ba2",
    "纳兰": "na4 lan2",
    "納蘭": "na4 lan2",
    "完颜": "wan2 yan2",
    "完顏": "wan2 yan2",
    "乐正": "yue4 zheng4",
    "樂正": "yue4 zheng4",
    "亓官": "qi2 guan1",
    "漆雕": "qi1 diao1",
    "谷梁": "gu3 liang2",
    "穀梁": "gu3 liang2",
    "宰父": "zai3 fu3",
    "梁丘": "liang2 qiu1",
    "左丘": "zuo3 qiu1",
    "巫马": "wu1 ma3",
    "巫馬": "wu1 ma3",
    "相里": "xiang4 li3",
}
"""Compound surname -> readings. Used for keys and search only: a stored name is never split by it."""

ALSO = {
    "乐": "yue4",
    "行": "hang2",
    "朝": "zhao1",
    "长": "zhang3",
    "重": "chong2",
    "茜": "xi1",
    "晟": "cheng2",
    "娜": "nuo2",
    "传": "zhuan4",
    "藏": "zang4",
    "柏": "bo2",
    "朴": "pu3",
    "曾": "zeng1",
    "少": "shao3",
    "翟": "di2",
    "薇": "wei1",
}
"""A second reading that given names really use: found by search, never used for the order."""
