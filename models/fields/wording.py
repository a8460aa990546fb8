"""From what is said to what is written: fillers and greetings out, dialect and first person turned, nothing added.

Every rewriting here is one of words for words of the same meaning; `proof.invented` applies `standard` to the source too.
"""

import re

_DIALECT = (
    ("嗰啲", "那些"), ("呢啲", "这些"), ("有啲", "有些"), ("我啲", "我的"), ("啲", ""), ("我哋", "我们"), ("你哋", "你们"), ("佢哋", "他们"), ("唔该晒", ""), ("唔该", ""), ("多谢晒", ""), ("点解", "为什么"), ("点样", "怎样"), ("做乜", "为什么"), ("乜嘢", "什么"),
    ("唔系", "不是"), ("系咪", "是不是"), ("唔使", "不用"), ("唔好", "不要"), ("边度", "哪里"), ("边个", "谁"), ("几时", "什么时候"), ("呢度", "这里"), ("嗰度", "那里"), ("呢边", "这边"), ("嗰边", "那边"),
    ("琴日", "昨天"), ("寻日", "昨天"), ("今朝", "今早"), ("而家", "现在"), ("屋企", "家里"), ("落雨", "下雨"), ("成日", "整天"), ("日日", "天天"), ("晚晚", "每晚"), ("返工", "上班"), ("返学", "上学"), ("啱啱", "刚刚"),
    ("隔篱", "隔壁"), ("细路仔", "小孩"), ("细路", "小孩"), ("睇到", "看到"), ("睇唔", "看不"), ("揾", "找"), ("搵", "找"), ("佢", "他"), ("喺", "在"), ("嘅", "的"), ("咗", "了"), ("冇", "没有"), ("唔", "不"), ("嗰", "那"),
    ("畀", "给"), ("俾", "给"), ("嚟", "来"), ("攞", "拿"), ("嘢", "东西"), ("睇", "看"), ("仲", "还"), ("咁", "这么"), ("㗎", ""), ("啩", ""), ("喎", ""), ("囖", ""),
)  # fmt: skip
_IS = re.compile("(?<![联关体院派维直嫡])系(?![统列数])")
_GREETING = re.compile(
    r"^(?:喂+|你好啊?|您好|尊敬的[^，,：:。！]{0,12}|各位领导|领导(?:好|您好)?|请问(?:一下)?[，,]?|你们好|早上好|下午好|晚上好|是12345吗|(?:是)?市民热线吗?|12345(?:吗|热线)?|哎|诶|唉|哦|啊|嗯+|呃+(?=[，,])|额(?=[，,])|是这样的?|情况是这样的?|事情是这样的?|不好意思|打扰(?:一下)?了?|麻烦(?:问|你)一下|那个|就是(?=[，,])|对(?=[，,。])|系(?=[，,啊])|好的?(?=[，,。])|，|,|：|:|！|!|。|、|\s)+"
)
_FILLER = re.compile(
    r"(?:嗯+(?=[，,。])|呃+(?=[，,。])|额(?=[，,])|啊+(?=[，,])|那个[，,]|就是说[，,]?|这个(?=[，,])[，,]?|然后呢[，,]?|你知道吗[，,]?|我跟你(?:说|讲)[啊，,]*|我同你讲[，,]?|你(?:说|讲)(?=[，,是])[，,]?|说实话[，,]?|讲真(?:的)?[，,]?|怎么说呢[，,]?|对吧[，,]?|是吧[，,]|你看[，,]|哎呀?[，,]?|诶[，,]?|唉[，,]?|哦[，,]|喂[，,]?|那么[，,]|反正[，,]?|就是那个|就是就是|什么的)"
)
_STUTTER = re.compile(r"(就是|然后|那个|这个|我们|他们|因为|但是|可是|所以|如果|一个|我想)(?:[，,]?\1)+")
_PARTICLE = re.compile(
    r"(?:了?[啊呀嘛啦咯喔哦哈嘞囉噢呗哩]+|(?<![什怎这那多])么|(?<=[了的])呢|吧)(?=[，,。！!？?；;\s]|$)"
)
_THANKS = re.compile(
    r"(?:谢谢(?:你们?|您|了|领导|政府)?|感谢|拜托(?:了|你们)?|辛苦(?:了|你们)?|麻烦(?:了|你们了)|多谢|求求(?:你们|各位)?了?)(?=[，,。！!]|$)[，,。！!]*"
)
_OPENING = re.compile(
    r"^(?:我(?:们)?(?:是)?(?:今天)?(?:想要?|要|就是想|来|打电话(?:来)?|还想)?|本人(?:要|想)?|想|现在?)(?:向(?:你们|贵单位))?(?:再)?(?:来)?(?:投诉|举报|反映|咨询|求助|请教|请问|问|了解|反应|提个?建议|说|讲)(?:一?下子?|个|件)?(?:一?个)?(?:问题|情况|事情?|建议)?(?:是|就是|说)?[，,：:。]*"
)
_KIN = "妈|爸|母|父|老公|老婆|老豆|阿|丈夫|妻|爱人|儿|女|爷|奶|外|公公|婆|岳|家|孩|小孩|朋友|同事|邻居|哥|姐|弟|妹|部|辆|台|车|店|房|屋|公司|单位|老(?=家|母|父|人)|一家"
_FIRST = (
    (re.compile("(?:我们|咱们|我们这(?:里|边|个)?|咱)(?:的)?(?=小区|村|单位|公司|学校|工厂|厂|班|栋|幢|楼|巷|街|镇|县|社区|业主|家长|居民|村民|住户|商户|员工|全体|这)"), ""),
    (re.compile("(?:我们|咱们|我哋)"), "市民"),
    (re.compile("我本人|本人"), "市民"),
    (re.compile("(?<![自忘])我(?:的|个(?=[女仔车阿老妈爸小孙]))"), "其"),
    (re.compile(f"(?<![自忘])我(?={_KIN})"), "其"),
    (re.compile("(?<![自忘])我(?!国|省|市)"), "市民"),
    (re.compile("市民(?:和|与|跟)?市民"), "市民"),
)  # fmt: skip
_SECOND = re.compile(
    "(?:你们|您们|贵(?:单位|部门)|你(?=能|派|快))(?=能不能|能否|可以|可不可以|快|尽快|赶紧|赶快|派|来|管|去|处理|帮|查|催|给|安排|到底|都|一定)"
)
_CONTACT = re.compile(
    r"^[^，。]{0,4}(?:免贵)?(?:我?姓.{1,4}|我叫.{2,4}|本人(?:姓|叫).{1,4}|联系人.{0,12}|.{0,6}(?:联系)?(?:电话|手机|号码|联系方式)(?:号码?)?(?:是|：|:)?.{0,18}\d.{0,20}|[\d*-]{7,}|[一-鿿]{1,2}(?:先生|女士|小姐))$"
)
_QUESTION = re.compile(
    "请问|咨询|想问|想了解|想知道|怎么(?:办|弄|申请|查|交|处理|算|补|开|走)|如何|吗|？|\\?|能不能|可不可以|可以.{0,8}吗|需要(?:什么|哪些)|哪里|多少|几时|什么时候"
)
_TROUBLE = re.compile(
    "投诉|举报|反映|坏了|不亮|扰民|噪音|太吵|很吵|臭|堵|漏|垃圾|拖欠|欠|骗|乱|违|占|脏|塌|危险|没人(?:管|来|处理)|不(?:给|退|肯|让|理|管|处理|解决|发)|态度|推|拒|赔|强|被|希望|要求|建议|尽快|处理|维修|态度|半夜|严重|跑路|停水|停电|求助|救"
)


def standard(text: str) -> str:
    """Cantonese function words as standard Chinese ones, word for word."""
    for spoken, written in _DIALECT:
        text = text.replace(spoken, written)
    return _IS.sub("是", text)


def tidy(sentence: str) -> str:
    """A sentence without greeting, fillers, thanks and closing particles, in standard words; may come out empty."""
    words = standard(sentence.strip())
    words = _GREETING.sub("", words)
    words = _FILLER.sub("", words)
    words = _THANKS.sub("", words)
    words = _PARTICLE.sub("", words)
    words = _STUTTER.sub(r"\1", words)
    words = re.sub(r"[，,、]+(?=[，,。！!？?；;])|^[，,。、！!？?；;\s]+", "", words)
    words = re.sub(r"([。！!？?])[。！!？?，,]+", r"\1", words)
    return words.strip("，, \n")


def opened(sentence: str) -> str:
    """A tidied sentence without 我想投诉, 我要反映一下 at its head, which the frame says already."""
    rest = _OPENING.sub("", sentence)
    return rest if len(rest) >= 4 else sentence


def third_person(sentence: str) -> str:
    """First person as 市民 (possessive 其), the hotline's 你们 as 有关部门."""
    for pattern, words in _FIRST:
        sentence = pattern.sub(words, sentence)
    return _SECOND.sub("有关部门", sentence)


def is_contact(clause: str) -> bool:
    """Whether a clause only gives a name or a number, which have fields of their own."""
    return bool(_CONTACT.match(clause.strip("，,。 ")))


def is_general_question(text: str, nature: str = "") -> bool:
    """A question of policy without an event or party: by `nature` where it is known, else by its words."""
    if nature:
        return nature == "咨询"
    return bool(_QUESTION.search(text)) and not _TROUBLE.search(text)
