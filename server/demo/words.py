"""What the demo's names are made of: common surnames, and given names from books. No real person is meant."""

import re

_PAIR = re.compile(r"([^\x00-\x7f]+)([a-z]+)")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """(hanzi, pinyin with a capital) from "王wang 李li"."""
    return tuple((hanzi, pinyin.capitalize()) for hanzi, pinyin in _PAIR.findall(text))


SURNAMES = _pairs(
    """
王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 胡hu 朱zhu 高gao 林lin 何he 郭guo 马ma
罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu 董dong 萧xiao 程cheng 曹cao 袁yuan 邓deng 许xu 傅fu
沈shen 曾zeng 彭peng 吕lyu 苏su 卢lu 蒋jiang 蔡cai 贾jia 丁ding 魏wei 薛xue 叶ye 阎yan 余yu 潘pan 杜du 戴dai 夏xia
钟zhong 汪wang 田tian 任ren 姜jiang 范fan 方fang 石shi 姚yao 谭tan 廖liao 邹zou 熊xiong 金jin 陆lu 郝hao 孔kong
白bai 崔cui 康kang 邱qiu 秦qin 江jiang 史shi 顾gu 侯hou 邵shao 孟meng 龙long 万wan 段duan 章zhang 钱qian
汤tang 尹yin 黎li 易yi 常chang 武wu 乔qiao 贺he 赖lai 龚gong 文wen 华hua 查zha 翟zhai 缪miao 盖ge
"""
)
COMMON = SURNAMES[:20]
"""The most frequent ones."""

WOMEN = _pairs(
    """
晓岚xiaolan 雨桐yutong 静姝jingshu 若溪ruoxi 思齐siqi 婉清wanqing 映雪yingxue 书瑶shuyao 知夏zhixia 念慈nianci
采薇caiwei 云舒yunshu 沁兰qinlan 语冰yubing 令仪lingyi 秋澄qiucheng 佩琬peiwan 芷若zhiruo 蕴章yunzhang 素心suxin
清越qingyue 半夏banxia 咏梅yongmei 听澜tinglan 疏影shuying 淑仪shuyi 以宁yining 攸宁youning 春晖chunhui
凝霜ningshuang 白露bailu 含章hanzhang 嘉卉jiahui 玉衡yuheng 曼青manqing 星若xingruo 兰芷lanzhi 月华yuehua 明漪mingyi
景澄jingcheng
"""
)

MEN = _pairs(
    """
明远mingyuan 思源siyuan 承泽chengze 文渊wenyuan 景行jingxing 行远xingyuan 立言liyan 书恒shuheng 怀瑜huaiyu
临风linfeng 鹤鸣heming 砚田yantian 松涛songtao 敬亭jingting 守拙shouzhuo 定远dingyuan 启明qiming 允执yunzhi
秉文bingwen 修齐xiuqi 亦舟yizhou 牧野muye 云帆yunfan 闻道wendao 问渠wenqu 行健xingjian 弘毅hongyi 惟新weixin
维桢weizhen 伯言boyan 仲允zhongyun 季青jiqing 开济kaiji 望岳wangyue 乐山leshan 少泽shaoze 子渊ziyuan 有容yourong
若谷ruogu 慎思shensi 博约boyue 恪诚kecheng 砺之lizhi 岳峰yuefeng 海若hairuo 星野xingye 冬青dongqing 泊宁boning
知白zhibai 观复guanfu
"""
)

UNUSUAL: dict[tuple[int, int], tuple[str, str, str, str, str]] = {
    (4, 4): ("单若谷", "Shan Ruogu", "单", "若谷", "male"),
    (11, 4): ("仇静姝", "Qiu Jingshu", "仇", "静姝", "female"),
    (20, 5): ("解闻道", "Xie Wendao", "解", "闻道", "male"),
    (21, 3): ("欧阳令仪", "Ouyang Lingyi", "欧阳", "令仪", "female"),
    (18, 4): ("司马牧之", "Sima Muzhi", "司马", "牧之", "male"),
    (17, 6): ("诸葛清越", "Zhuge Qingyue", "诸葛", "清越", "female"),
    (25, 4): ("尉迟松涛", "Yuchi Songtao", "尉迟", "松涛", "male"),
    (23, 6): ("令狐听澜", "Linghu Tinglan", "令狐", "听澜", "female"),
    (33, 4): ("万俟定远", "Moqi Dingyuan", "万俟", "定远", "male"),
    (26, 0): ("陈晓岚", "Chen Xiaolan", "陈", "晓岚", "female"),
    (22, 6): ("陈晓岚", "Chen Xiaolan", "陈", "晓岚", "female"),
    (12, 6): ("乐琪", "Yue Qi", "乐", "琪", "female"),
    (29, 0): ("阿依努尔·图尔荪巴依", "Aynur Tursunbay", "", "", "female"),
    (29, 4): (
        "买合木提江·阿卜杜热依木·沙依木尼亚孜",
        "Mahmutjan Abdureyim Sayimniyaz",
        "",
        "",
        "male",
    ),
    (29, 6): ("卓玛央宗", "Dolma Yangdzom", "", "", "female"),
    (29, 7): ("那日苏", "Narsu", "", "", "male"),
    (30, 4): ("热依汗·玉素音", "Reyhan Yusuyin", "", "", "female"),
    (31, 0): ("郭子昕", "Kwok Tsz-yan", "郭", "子昕", "female"),
    (31, 4): ("", "Margaret Whitcombe-Lindqvist", "Whitcombe-Lindqvist", "Margaret", "female"),
    (31, 6): ("何兆衡", "Ho Siu-hang, Desmond", "何", "兆衡", "male"),
    (32, 0): ("罗若昂", "João Baptista Rosário da Luz", "", "", "male"),
    (32, 4): ("", "Maria Inês de Vasconcelos Albuquerque e Noronha Xavier", "", "", "female"),
    (33, 6): ("", "Émile Santerre-Okonjo", "Santerre-Okonjo", "Émile", "male"),
}
"""(sector, number within it) -> Chinese name, Latin name, family name, given name, sex.

Surnames read in their own way, two characters long or the same twice; names with dots; long ones; Latin ones only.
"""
