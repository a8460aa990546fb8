"""The address yardstick: tags to parts, legal sequences, the score, a small training."""

import csv
import gzip
import json

import numpy as np
import pytest

from catalogue.errors import InputError
from models.addresses import Address, _follows, _spans, _viterbi, f1, read_addresses, train_tagger
from models.encoder import Encoder, EncoderConfig, characters

ROAD = Address("端州区星湖大道12号", ((0, 3, "district"), (3, 7, "road"), (7, 10, "roadno")))


@pytest.mark.parametrize(
    ("tags", "parts"),
    [
        (["O", "O"], set()),
        (["B-town", "I-town", "O"], {(0, 2, "town")}),
        (["B-town", "B-town", "I-town"], {(0, 1, "town"), (1, 3, "town")}),
        (["B-road", "I-road", "B-roadno"], {(0, 2, "road"), (2, 3, "roadno")}),
        (["O", "I-road", "I-road"], {(1, 3, "road")}),
    ],
)
def test_tags_to_parts(tags, parts):
    assert _spans(tags) == parts


def test_no_part_begins_in_its_middle():
    tags = ["O", "B-road", "I-road", "B-town", "I-town"]
    legal = np.array([[_follows(one, other) for other in tags] for one in tags])
    logs = np.log(np.array([[0.1, 0.8, 0.05, 0.03, 0.02], [0.1, 0.05, 0.3, 0.05, 0.5]]))
    assert [tags[n] for n in _viterbi(logs, legal)] == ["B-road", "I-road"]


def test_f1_counts_whole_parts():
    gold = [set(ROAD.parts)]
    assert f1(gold, gold) == 1
    assert f1(gold, [{(0, 3, "district"), (3, 6, "road")}]) == pytest.approx(2 / 5)


def test_reads_the_file_and_says_which_is_missing(tmp_path):
    path = tmp_path / "zh_address_train.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink)
        rows.writerow(["text", "entities"])
        parts = [{"label": kind, "start": start, "end": end} for start, end, kind in ROAD.parts]
        rows.writerow([ROAD.text, json.dumps(parts)])
    assert read_addresses(path) == [ROAD]
    with pytest.raises(InputError, match="没有文件"):
        read_addresses(tmp_path / "none.csv.gz")


def test_learns_a_few_addresses():
    names = ["星湖大道", "建设路", "江滨路", "古塔中路", "信安大道", "康乐北路"]
    rows = [
        Address(
            f"{county}{name}{number}号",
            ((0, 3, "district"), (3, 3 + len(name), "road"), (3 + len(name), 4 + len(name) + len(number), "roadno")),
        )
        for county in ("端州区", "鼎湖区", "高要区")
        for name in names
        for number in ("8", "12")
    ]
    texts = [row.text for row in rows]
    config = EncoderConfig(hidden=64, layers=1, heads=2, inner=128, length=32, dropout=0.0)
    encoder = Encoder(config=config, vocabulary=[*characters(texts, least=1), "0"])
    tagger = train_tagger(encoder, rows, epochs=25, seed=0, report=lambda line: None)
    assert f1([set(row.parts) for row in rows], tagger.parts(texts)) > 0.9
