"""What `hotline evaluate` says of a labelled file: figures, causes, comparison, report; golden tables by hand."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from catalogue.errors import HotlineError, InputError
from hotline.cli import build
from hotline.decision.curves import Judged, area_under_risk, calibration_error, confusion, differences, risk_coverage
from hotline.decision.evaluation import cause, evaluate, judge, overlap_f1
from hotline.decision.report import mistakes, render
from hotline.decision.suggester import load

SHARED = Path(__file__).parents[4] / "shared"

# text, gold; the last but one is labelled against the list on purpose, the last has a lead nobody would think of
TICKETS = [
    ("端州区黄岗街道康乐北路整条街的路灯全部不亮，希望派人维修", {"lead": ["CGJ"], "matter": ["030501"], "verdict": "dispatch", "slots": {"location": "端州区黄岗街道康乐北路", "phone": None}}),
    ("我在怀集县一家餐馆打工，老板拖欠我两个月工资不给", {"lead": ["RSJ"], "matter": ["080508"], "verdict": "dispatch"}),
    ("请问居住证怎么办理，需要带什么材料？", {"lead": ["GAJ"], "matter": ["070101"], "verdict": "answer"}),
    ("工地半夜三点还在打桩施工，吵得人睡不着", {"lead": ["ZJJ", "CGJ"], "matter": ["040201"], "verdict": "ask"}),
    ("高要区金利镇有家鞋厂晚上偷排废气，味道很刺鼻 <script>alert(1)</script>", {"lead": ["JYJ"], "matter": ["040101"], "verdict": "dispatch", "urgent": True}),
    ("四会市东城街道建设路两边划了双黄线，天天有小车违停", {"lead": ["FY"], "matter": ["990200"], "verdict": "joint"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    """The tickets as a gold file."""
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    base = {"nature": "投诉", "region": None, "missing": [], "urgent": False}
    rows = [{"id": f"t{n}", "text": text, "gold": {**base, **given}} for n, (text, given) in enumerate(TICKETS)]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def measured(gold):
    return evaluate(gold, against="linear")


@pytest.mark.parametrize(
    ("wanted", "given", "f1"),
    [
        ("", "", 1.0),
        ("黄岗街道", "", 0.0),
        ("", "黄岗街道", 0.0),
        ("黄岗街道", "黄岗街道", 1.0),
        ("黄岗街道", "端州区黄岗街道", 8 / 11),
        ("路路", "路", 2 / 3),
    ],
)
def test_slot_overlap(wanted, given, f1):
    assert overlap_f1(wanted, given) == pytest.approx(f1)


# probabilities of the first lead, whether right, expected calibration error, area under risk and coverage
LEAD_CURVES = [
    ([1.0, 1.0], [1, 1], 0.0, 0.0),
    ([1.0, 1.0], [0, 0], 1.0, 1.0),
    ([0.95, 0.95], [1, 0], 0.45, 0.5),
    ([0.9, 0.6], [1, 0], 0.1 / 2 + 0.6 / 2, 0.25),
    ([0.6, 0.9], [1, 0], 0.4 / 2 + 0.9 / 2, 0.75),
]


@pytest.mark.parametrize(("sure", "right", "error", "area"), LEAD_CURVES)
def test_calibration_and_risk(sure, right, error, area):
    sure, right = np.array(sure), np.array(right, dtype=float)
    assert calibration_error(sure, right) == pytest.approx(error)
    assert area_under_risk(sure, right) == pytest.approx(area)


def test_order_of_equally_sure_tickets_is_of_no_account():
    sure, right = np.array([0.9, 0.5, 0.5]), np.array([1.0, 1.0, 0.0])
    assert np.allclose(risk_coverage(sure, right)[1], risk_coverage(sure[::-1], right[::-1])[1])


def said(*leads: str, matters=("030501",), chosen=None, question=None, clauses=()) -> dict:
    """A suggestion as far as causes look at it."""
    return {
        "leads": [{"code": code, "probability": 0.6} for code in leads],
        "matters": [{"code": code} for code in matters],
        "set": list(chosen or leads[:1]),
        "question": {"fact": question} if question else None,
        "clauses": [{"candidates": list(codes)} for codes in clauses],
    }


# gold leads, gold matters, suggestion, cause
CAUSES = [
    (["CGJ"], ["030501"], said("CGJ"), ""),
    ([], ["030501"], said("CGJ"), ""),
    (["GDJ"], [], said("CGJ"), "未标事项"),
    (["GDJ"], ["123456"], said("CGJ"), "清单没有这个事项"),
    (["GDJ"], ["030501"], said("CGJ", matters=("03050102",)), "条款不对"),
    (["GDJ"], ["030501"], said("CGJ", question="place"), "条款不对"),
    (["GDJ"], ["030501"], said("CGJ", question="owner"), "缺事实"),
    (["GDJ"], ["030501"], said("CGJ", clauses=[("CGJ", "GDJ")]), "标注可商榷"),
    (["GAJ"], ["040201"], said("CGJ", "GAJ", chosen=("CGJ", "GAJ")), "事项认错（主办在集合里）"),
    (["GAJ"], ["040201"], said("CGJ", matters=("030501", "04020101")), "事项认错（次选对）"),
    (["GAJ"], ["040201"], said("CGJ"), "事项认错"),
]


@pytest.mark.parametrize(("leads", "matters", "out", "why"), CAUSES)
def test_cause(leads, matters, out, why):
    assert cause({"lead": leads, "matter": matters}, out, load().catalogue) == why


def test_confusion_counts_an_acceptable_second_lead_as_no_mistake():
    golds = [{"lead": ["ZJJ", "CGJ"]}, {"lead": ["ZJJ"]}, {"lead": ["GAJ"]}]
    table = confusion(golds, [said("CGJ"), said("CGJ"), said("GAJ")], most=1)
    assert table.codes == ("ZJJ", "其他")
    assert table.cells == {("ZJJ", "其他"): (2, 1), ("其他", "其他"): (1, 0)}


def test_a_system_does_not_differ_from_itself(measured):
    judged = measured.judged
    assert all(row["value"] == row["low"] == row["high"] == 0 for row in differences(judged, judged, seed=0).values())


def test_a_better_system_is_found_better_on_the_same_tickets():
    out = [said("CGJ")] * 60
    good = Judged.of([{"lead@1": 1.0}] * 60, out)
    poor = Judged.of([{"lead@1": float(n % 3 > 0)} for n in range(60)], out)
    gap = differences(good, poor, seed=0)["lead@1"]
    assert gap["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert 0 < gap["low"] < gap["value"] < gap["high"]
    assert gap["not_above"] == 0


def test_figures_have_intervals_and_their_counts(measured):
    table = measured.figures["road"]
    assert table["lead@1"]["value"] == pytest.approx(4 / 6, abs=1e-3)
    assert table["ECE"]["n"] == table["AURC"]["n"] == 6
    assert table["slot F1 location"]["n"] == 1
    assert all(row["low"] <= row["value"] <= row["high"] for name, row in table.items() if name != "ECE")
    assert {"lead@1", "ECE", "AURC", "slot F1 location"} <= set(measured.differences)


def test_causes_count_every_wrong_lead(measured):
    assert sum(measured.causes.values()) == 2


def test_costliest_mistakes_come_first(measured):
    found = mistakes(measured)
    assert [one.id for one in found] == sorted(
        (one.id for one in found), key=lambda name: next((not o.dispatched, -o.cost) for o in found if o.id == name)
    )
    urgent = next(one for one in found if one.urgent)
    assert urgent.cost > 1


def test_report_stands_alone_and_says_what_it_holds(measured):
    page = render(measured)
    assert page.index("含来电原文，勿外传") < page.index("派单评测报告</h1>")
    assert "端州区黄岗街道康乐北路" not in page  # suggested right: only mistakes are quoted
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"<script|<link|<img|@import|url\(|(?:src|href)=", page)
    assert page.count("<svg") == page.count("</svg>") == 3
    assert measured.signature["model"] in page


def test_command_line(gold, tmp_path):
    done = CliRunner().invoke(
        build(), ["evaluate", str(gold), "--against", "linear", "--report", str(tmp_path / "r.html")]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith("code=")
    assert "主办首选错 2 件：" in done.stdout.splitlines()[-1]
    assert "[road − linear]" in done.stdout
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_json_is_data_only_and_quotes_nobody(gold):
    done = CliRunner().invoke(build(), ["evaluate", str(gold), "--json"])
    data = json.loads(done.stdout)
    assert set(data) == {"signature", "figures", "causes"}
    assert "鞋厂" not in done.stdout


def test_a_report_into_no_folder_is_wrong_usage(gold, tmp_path):
    done = CliRunner().invoke(build(), ["evaluate", str(gold), "--report", str(tmp_path / "无" / "r.html")])
    assert done.exit_code == 2


BAD = [
    ("", "带 gold"),
    ("[]", "带 gold"),
    ('{"text": "路灯不亮"}', "带 gold"),
    ('{"text": "路灯不亮", "gold": {"lead": ["CGJ"]}}\n\n{"text": "路灯", "gold": {"lead": ["没有"]}}', "第 3 行：主办「没有」"),
    ('{"text": "路灯不亮", "gold": {"lead": "CGJ"}}', "第 1 行：gold 的 lead"),
    ('{"text": "路灯不亮", "gold": {"verdict": "派"}}', "第 1 行：结论「派」"),
    ('{"text": " ", "gold": {}}', "第 1 行：没有内容"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "complaint"), BAD)
def test_what_cannot_be_measured_is_named(lines, complaint, tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        evaluate(path)


def test_against_a_folder_without_weights_is_refused(gold, tmp_path):
    with pytest.raises(HotlineError, match="没有找到识别模型"):
        evaluate(gold, against=str(tmp_path))


def test_a_gold_with_a_lead_only_is_enough():
    out = load().suggest({"text": TICKETS[0][0]})
    assert set(judge({"lead": ["CGJ"]}, out)) >= {"lead@1", "set coverage", "auto share"}


def test_agrees_with_the_plain_scorer(gold, measured, tmp_path):
    scorer = SHARED / "tools" / "score_suggestions.py"
    if not scorer.exists():
        pytest.skip("没有 ../shared/tools/score_suggestions.py")
    out = tmp_path / "out.jsonl"
    out.write_text("\n".join(json.dumps(one) for one in measured.suggestions), encoding="utf-8")
    done = subprocess.run([sys.executable, scorer, gold, out, "--json"], capture_output=True, text=True, check=True)
    theirs, ours = json.loads(done.stdout)["figures"], measured.figures["road"]
    assert {name: ours[name] for name in theirs} == theirs
