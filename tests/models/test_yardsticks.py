"""The yardsticks measure right: macro-F1, intervals, paired differences, reading a labelled file, the whole comparison."""

import gzip
import json
from collections import Counter

import numpy as np
import pytest

import catalogue
from catalogue.errors import InputError
from models.reader import load
from models.yardsticks import difference, interval, macro_f1, measure, read_topics, resamples


@pytest.mark.parametrize(
    ("truth", "guess", "classes", "f1"),
    [
        ([0, 1], [0, 1], 2, 1.0),
        ([0, 1], [1, 0], 2, 0.0),
        ([0, 0, 1, 1], [0, 0, 0, 1], 2, (4 / 5 + 2 / 3) / 2),
        ([0, 0], [0, 0], 3, 1.0),
    ],
)
def test_macro_f1(truth, guess, classes, f1):
    assert macro_f1(np.array(truth), np.array(guess), classes) == pytest.approx(f1)


def test_interval_of_a_share_is_about_two_standard_errors():
    hits = np.array([1.0] * 80 + [0.0] * 20)
    low, high = interval(hits[resamples(100, 0)].mean(1))
    assert (low, high) == (pytest.approx(0.72, abs=0.02), pytest.approx(0.88, abs=0.02))


def test_interval_leaves_out_resamples_where_the_figure_does_not_apply():
    assert interval(np.array([np.nan, 0.5, 0.5])) == (0.5, 0.5)


def test_paired_difference():
    gap = difference(np.array([0.6, 0.7, 0.8]), np.array([0.5, 0.7, 0.6]))
    assert gap["mean"] == pytest.approx(0.1)
    assert gap["not_above"] == pytest.approx(1 / 3, abs=1e-3)


def rows(each: int = 12) -> list[dict[str, str]]:
    """Exemplars of three branches as a labelled file."""
    names, kept, counts = {"03": "城乡建设", "08": "劳动", "01": "教育"}, [], Counter()
    for row in catalogue.load().exemplars():
        label = names.get(row.matter[:2])
        if label and counts[label] < each:
            counts[label] += 1
            kept.append({"title": "", "text": row.text, "label": label})
    return kept


def write(path, found) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in found), encoding="utf-8")


def test_reads_lines_and_segmented_tables(tmp_path):
    write(tmp_path / "a.jsonl", rows())
    lines = read_topics(tmp_path / "a.jsonl")
    assert (len(lines.texts), lines.names) == (36, ("劳动", "城乡建设", "教育"))
    table = "tokens,label\n" + "".join(f"路灯 不亮 {n},城建\n拖欠 工资 {n},劳动\n" for n in range(10))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(table.encode()))
    assert read_topics(tmp_path / "b.csv.gz").texts[0] == "路灯不亮0"


BAD = [
    ([{"text": "路灯不亮"}], "带 text、label"),
    ([{"text": " ", "label": "城建"}], "第 1 条没有文字"),
    ([{"text": "路灯不亮", "label": "城建"}] * 20, "只有一类"),
    ([{"text": "路灯", "label": "城建"}] * 20 + [{"text": "欠薪", "label": "劳动"}] * 3, "「劳动」3 条"),
]


@pytest.mark.parametrize(("found", "complaint"), BAD)
def test_what_cannot_be_measured_is_named(found, complaint, tmp_path):
    write(tmp_path / "a.jsonl", found)
    with pytest.raises(InputError, match=complaint):
        read_topics(tmp_path / "a.jsonl")


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"\x00\x01")
    with pytest.raises(InputError, match="读不出来"):
        read_topics(tmp_path / "a.csv.gz")


def test_comparison_of_the_shipped_readers_with_the_baseline(tmp_path):
    pytest.importorskip("sklearn", reason="没有 scikit-learn：pip install -r requirements-dev.txt")
    write(tmp_path / "a.jsonl", rows())
    result = measure(tmp_path / "a.jsonl", reader=load(catalogue.load()))
    assert set(result["macro_f1"]) == {"linear", "ours"}
    assert result["macro_f1"]["ours"]["value"] > 0.8
    assert {"value", "mean", "low", "high", "not_above"} == set(result["difference"])
    assert result == measure(tmp_path / "a.jsonl", reader=load(catalogue.load()))
