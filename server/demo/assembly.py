"""The bodies of the demo's assembly, that of a city which is on no map: names, sizes, who answers to whom.

Sectors and special committees carry the names that such assemblies publish; everything in them is made up.
"""

from typing import NamedTuple

CITY = "云渚市"
CITY_EN = "Yunzhu"


class Sector(NamedTuple):
    """A sector. committee: place of its counterpart in COMMITTEES. units: where its members work."""

    zh: str
    en: str
    size: int
    committee: int
    units: tuple[str, str]


class Named(NamedTuple):
    """A body's two names."""

    zh: str
    en: str


SECTORS = (
    Sector("中国共产党", "Communist Party of China", 12, 0, ("云渚市委员会机关", "中共云渚市委党校")),
    Sector("民革", "Revolutionary Committee of the Chinese Kuomintang", 8, 2, ("民革云渚市委会", "云渚市博物馆")),
    Sector("民盟", "China Democratic League", 8, 9, ("民盟云渚市委会", "云渚大学文学院")),
    Sector("民建", "China National Democratic Construction Association", 8, 1, ("民建云渚市委会", "渚江实业公司")),
    Sector("民进", "China Association for Promoting Democracy", 8, 9, ("民进云渚市委会", "云渚市第二中学")),
    Sector("农工党", "Chinese Peasants and Workers Democratic Party", 8, 3, ("农工党云渚市委会", "云渚市中医院")),
    Sector("致公党", "China Zhi Gong Party", 8, 8, ("致公党云渚市委会", "云渚海外交流中心")),
    Sector("九三学社", "Jiusan Society", 8, 3, ("九三学社云渚市委会", "云渚理工学院")),
    Sector("台盟", "Taiwan Democratic Self-Government League", 8, 7, ("台盟云渚市委会", "云渚市图书馆")),
    Sector("无党派人士", "Persons without party affiliation", 8, 0, ("云渚大学", "云渚市审计学会")),
    Sector("共青团和青联", "Communist Youth League and Youth Federation", 8, 5, ("共青团云渚市委", "渚江青年创业园")),
    Sector("总工会", "Federation of Trade Unions", 8, 5, ("云渚市总工会", "渚江船舶厂")),
    Sector("妇联", "Women's Federation", 8, 5, ("云渚市妇联", "云渚市妇女儿童中心")),
    Sector("工商联", "Federation of Industry and Commerce", 12, 1, ("云渚市工商联", "白鹭精密仪器公司")),
    Sector("科协", "Association for Science and Technology", 8, 3, ("云渚市科协", "云渚科技馆")),
    Sector("台联", "Federation of Taiwan Compatriots", 8, 7, ("云渚市台联", "青屿农业合作社")),
    Sector("侨联", "Federation of Returned Overseas Chinese", 8, 7, ("云渚市侨联", "归侨文化馆")),
    Sector("文化艺术界", "Culture and Arts", 11, 9, ("云渚市文联", "云渚歌舞剧院")),
    Sector("科学技术界", "Science and Technology", 11, 4, ("云渚材料研究所", "云渚理工学院")),
    Sector("社会科学界", "Social Sciences", 8, 9, ("云渚市社会科学院", "云渚大学法学院")),
    Sector("经济界", "Economy", 14, 1, ("渚江银行", "云渚港务公司")),
    Sector("农业界", "Agriculture", 8, 2, ("云渚市农业科学院", "石桥县种业公司")),
    Sector("教育界", "Education", 12, 4, ("云渚师范学院", "云渚市实验小学")),
    Sector("体育界", "Sports", 8, 4, ("云渚市体育运动学校", "云渚市体育科学所")),
    Sector("新闻出版界", "Press and Publishing", 8, 9, ("云渚日报社", "渚江出版社")),
    Sector("医药卫生界", "Medicine and Health", 12, 3, ("云渚市第一人民医院", "云渚市疾控中心")),
    Sector("对外友好界", "Friendship with Foreign Countries", 8, 8, ("云渚市友协", "云渚外国语学院")),
    Sector("社会福利和社会保障界", "Social Welfare and Security", 8, 5, ("云渚市慈善总会", "云渚市康复中心")),
    Sector("环境资源界", "Environment and Resources", 8, 3, ("云渚市环境监测站", "渚江湿地保护站")),
    Sector("少数民族界", "Ethnic Minorities", 8, 6, ("云渚市民族中学", "白鹭县文化馆")),
    Sector("宗教界", "Religions", 8, 6, ("云渚市古建筑保护会", "渚山慈善基金会")),
    Sector("特邀香港人士", "Specially Invited from Hong Kong", 8, 7, ("渚港商会", "渚港青年交流会")),
    Sector("特邀澳门人士", "Specially Invited from Macao", 8, 7, ("渚澳商会", "渚澳文化协会")),
    Sector("特别邀请人士", "Specially Invited", 8, 0, ("云渚市顾问协会", "云渚市老教授协会")),
)

SENSITIVE = frozenset({29, 30})
"""Sectors whose name tells ethnicity or religion."""

COMMITTEES = (
    Named("提案委员会", "Committee on Proposals"),
    Named("经济委员会", "Committee on Economic Affairs"),
    Named("农业和农村委员会", "Committee on Agriculture and Rural Affairs"),
    Named("人口资源环境委员会", "Committee on Population, Resources and Environment"),
    Named("教科卫体委员会", "Committee on Education, Science, Health and Sports"),
    Named("社会和法制委员会", "Committee on Social and Legal Affairs"),
    Named("民族和宗教委员会", "Committee on Ethnic and Religious Affairs"),
    Named("港澳台侨委员会", "Committee on Hong Kong, Macao, Taiwan and Overseas Chinese Affairs"),
    Named("外事委员会", "Committee on Foreign Affairs"),
    Named("文化文史和学习委员会", "Committee on Culture, History and Studies"),
)

OF_COMMITTEES = (
    Named("提案办理学习小组", "Learning Group on Following up Proposals"),
    Named("经济形势学习小组", "Learning Group on the Economy"),
    Named("乡村全面振兴学习小组", "Learning Group on the Countryside"),
    Named("绿色发展学习小组", "Learning Group on Green Development"),
    Named("科教兴市学习小组", "Learning Group on Science and Education"),
    Named("法治建设学习小组", "Learning Group on the Rule of Law"),
    Named("团结进步学习小组", "Learning Group on Unity"),
    Named("港澳台侨事务学习小组", "Learning Group on Compatriots and Overseas Chinese"),
    Named("对外开放学习小组", "Learning Group on Opening up"),
    Named("文史传承学习小组", "Learning Group on Heritage"),
)
"""One learning group for each special committee, in the same order."""

OF_SECTORS = (
    (Named("协商民主学习小组", "Learning Group on Consultation"), (0,)),
    (Named("营商环境学习小组", "Learning Group on Enterprise"), (13,)),
    (Named("数字经济学习小组", "Learning Group on the Digital Economy"), (20,)),
    (Named("人民教育学习小组", "Learning Group on Schools"), (22,)),
    (Named("健康云渚学习小组", "Learning Group on Public Health"), (25,)),
    (Named("文艺创作学习小组", "Learning Group on the Arts"), (17,)),
    (Named("多党合作学习小组", "Learning Group on Multiparty Cooperation"), (1, 2)),
    (Named("产业升级学习小组", "Learning Group on Industry"), (3, 18)),
    (Named("基础教育学习小组", "Learning Group on Early Learning"), (4, 7)),
    (Named("中医药学习小组", "Learning Group on Traditional Medicine"), (5, 23)),
    (Named("侨务工作学习小组", "Learning Group on Overseas Ties"), (6, 16)),
    (Named("两岸交流学习小组", "Learning Group on Cross-Strait Exchange"), (8, 15)),
    (Named("建言献策学习小组", "Learning Group on Giving Advice"), (9, 33)),
    (Named("青年发展学习小组", "Learning Group on Youth"), (10, 14)),
    (Named("职工权益学习小组", "Learning Group on Work"), (11, 12)),
    (Named("社会治理学习小组", "Learning Group on Society"), (19, 24)),
    (Named("粮食安全学习小组", "Learning Group on Food"), (21, 28)),
    (Named("民间外交学习小组", "Learning Group on Friendship"), (26, 30)),
    (Named("社会保障学习小组", "Learning Group on Welfare"), (27, 29)),
    (Named("湾区合作学习小组", "Learning Group on Working Together"), (31, 32)),
)
"""A learning group and the sectors it derives from. None is of a sensitive sector alone."""

ENDED_GROUP = Named("互联网时代学习小组", "Learning Group on the Internet Age")
ENDED_COMMITTEE = Named("联谊工作委员会", "Committee on Friendly Contacts")
ENDED_BRANCH = Named("联谊工作委员会党支部", "Party Branch of the Committee on Friendly Contacts")

CHAIRS_MEETING = Named("主席会议", "Chairs' Meeting")
STANDING_COMMITTEE = Named("常务委员会", "Standing Committee")
PARTY_GROUP = Named("云渚市政协党组", "Leading Party Group of the Yunzhu Assembly")
STUDY_CENTRE = Named("理论学习中心组", "Theory Study Centre")
READING_GROUP = Named("委员读书会", "Members' Reading Group")
OFFICE = Named("云渚市政协办公室", "General Office of the Yunzhu Assembly")

NAMES = {
    "name_zh": "云渚市政协",
    "name_en": "Consultative Assembly of Yunzhu",
    "short_zh": "云渚政协",
    "short_en": "Yunzhu Assembly",
    "telephone": "0000 6688",
    "email": "office@yunzhu.example",
    "room_zh": "渚江路 1 号 2 号楼 306 室",
    "room_en": "Room 306, House 2, 1 Zhujiang Road",
    "hours_zh": "工作日 9:00—12:00、14:00—17:00",
    "hours_en": "Working days, 9 to 12 and 2 to 5",
}
"""What the assembly is called and how its office is reached; the number and the address are nobody's."""

DEPARTMENTS = (
    Named("云渚市教育局", "Yunzhu Education Bureau"),
    Named("云渚市发展和改革委员会", "Yunzhu Development and Reform Commission"),
    Named("云渚市财政局", "Yunzhu Finance Bureau"),
    Named("云渚市卫生健康委员会", "Yunzhu Health Commission"),
    Named("云渚市生态环境局", "Yunzhu Ecology and Environment Bureau"),
    Named("云渚市民政局", "Yunzhu Civil Affairs Bureau"),
)

DISTRICTS = ("望潮区", "澄湖区", "青屿区", "白鹭县", "石桥县")
SCHOOLING = ("本科", "硕士研究生", "博士研究生", "大专")
TOPICS = ("基层协商", "养老服务", "城市更新", "教育公平", "湿地保护", "数字治理", "公共卫生", "文化遗产", "就业促进")
FIELDS = ("公共政策", "材料科学", "临床医学", "财政金融", "农业技术", "法律", "语言文学", "城乡规划", "社会工作")
PARTY = "中共党员"
AFFILIATIONS = (
    PARTY,
    *("民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员", "致公党党员", "九三学社社员", "台盟盟员"),
    "无党派人士",
)
"""Of the members of the first ten sectors, in their order."""
MIXED = ("无党派人士", "群众", PARTY, "民盟盟员", PARTY, "群众", PARTY, "九三学社社员")
"""Of the members of the other sectors, by their number in it."""
NO_PARTY_MEMBERS = frozenset({30, 31, 32})
"""Sectors in which nobody is a party member."""
