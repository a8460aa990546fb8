"""The knowledge base: the right article for a question, and honesty when there is none."""

from datetime import date

import pytest

from catalogue import load as load_lists
from catalogue.errors import InputError
from hotline.answers import index, shelf
from hotline.config import DEFAULT
from tests.hotline.conftest import ON_SQLITE

FLOOR = float(DEFAULT["ANSWER_FLOOR"])

# what a caller asks -> word in the title of the article
QUESTIONS = {
    "社保卡怎么办理": "社保卡",
    "我想咨询一下小孩子的社会保障卡去哪里办呀": "社保卡",
    "外地人在这边打工怎么申请居住证": "居住证",
    "公司把我辞退了又不赔钱，怎么去申请劳动仲裁": "仲裁",
    "喂你好我想问一下我是从湖南过来这边打工的想办一个居住证不知道要什么材料呀": "居住证",
    "我退休了异地就医的备案要怎么弄，在广州住院能不能直接报销，我是肇庆职工医保": "异地报销",
    "我在高要区一个工地做工，包工头欠了三个月工资没给，要准备什么材料": "工资",
    "请问新生儿上户口要什么材料": "上户口",
    "电动自行车上牌去哪里上": "电动自行车",
    "我爸去世了，社保丧葬费怎么领": "去世",
    "营业执照注销要怎么办理，公司已经两年没有经营了": "注销",
}
# what it can't know
UNKNOWN = [
    "量子引力的重整化怎么做", "明天股票会涨吗", "帮我写一首诗", "火星移民要什么手续", "怎么做红烧肉", "世界杯什么时候开始",
    "我想找一个叫王强的同学", "去北京的高铁票怎么买", "银行卡密码忘了怎么办", "给我讲个笑话吧", "？？？", "的了吗", "x",
]  # fmt: skip


@pytest.mark.parametrize(("question", "title"), QUESTIONS.items())
def test_a_question_finds_its_article(question, title):
    found = index.search(question, floor=FLOOR, limit=2)
    assert any(title in item.article.title for item in found)


@pytest.mark.parametrize("question", UNKNOWN)
def test_what_it_does_not_know_it_does_not_answer(question):
    assert index.search(question, floor=FLOOR) == []


def test_every_shipped_article_is_found_by_its_own_questions():
    missed = [
        (article.id, question)
        for article in shelf.load()
        for question in (article.title, *article.question_variants)
        if article.id not in [item.article.id for item in index.search(question, floor=FLOOR, limit=5)]
    ]
    assert missed == []


def test_every_article_names_codes_that_exist():
    lists = load_lists()
    for article in shelf.load():
        assert article.department in lists.departments, article.id
        assert set(article.matters) <= set(lists.matters), article.id
        assert article.source_date <= date.today(), article.id


ARTICLE = """- id: sample
  title: 标题
  question_variants: [问]
  body: 答
  source: 出处
  source_date: 2025-01-01
  department: RSJ
  matters: []
"""
BROKEN = {
    ARTICLE.replace("  source: 出处\n", ""): "第 1 条 字段不对：source",
    ARTICLE + "  extra: 1\n": "字段不对：extra",
    ARTICLE.replace("id: sample", "id: 中文"): "id 或 source_date",
    ARTICLE.replace("2025-01-01", "去年"): "id 或 source_date",
    ARTICLE.replace("body: 答", "body: ''"): "body 为空",
    ARTICLE + ARTICLE: "与别处重复",
    "- [": "不是合法的 YAML",
    "just words": "第 1 条 字段不对",
}


@pytest.mark.parametrize(("text", "complaint"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_article_is_named(tmp_path, text, complaint):
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        shelf.load(tmp_path)
    assert complaint in error.value.message
    assert "x.yaml" in error.value.message


@ON_SQLITE
def test_the_page_shows_source_and_date_or_says_that_it_does_not_know(login_as):
    desk = login_as("dispatcher")
    page = desk.page("/answers?q=社保卡怎么办理")
    assert "来源：" in page
    assert index.UNKNOWN in desk.page("/answers?q=量子引力的重整化")
    assert desk.get("/answers/no-such-article").status_code == 404
    first = shelf.load()[0]
    assert first.title in desk.page("/answers")
    assert first.source in desk.page(f"/answers/{first.id}")
