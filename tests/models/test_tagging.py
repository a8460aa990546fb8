"""From marks in exemplars to the words of the form's fields, by way of the network's slots."""

import numpy as np
import pytest
import torch

import catalogue
from catalogue.files import Exemplar
from catalogue.marks import SLOTS, unmark
from models.corpus import aligned, clean
from models.encoder import Encoder, EncoderConfig, characters
from models.fields import read_form
from models.fields.places import place
from models.finetune import FinetuneConfig, finetune
from models.labels import Labels, examples
from models.reader import _spans
from models.reading import Call
from models.tagging import best_spans, cleaned_marks


@pytest.mark.parametrize(
    ("marked", "bare", "slots"),
    [
        ("路灯不亮", "路灯不亮", {}),
        ("{地:星湖大道}路灯不亮", "星湖大道路灯不亮", {"location": "星湖大道"}),
        (
            "{时:昨晚十点}{方:楼上租客}在{地:锦绣花园3栋}吵闹，我姓{人:陈}，电话{话:10034567812}",
            "昨晚十点楼上租客在锦绣花园3栋吵闹，我姓陈，电话10034567812",
            {
                "time": "昨晚十点",
                "target": "楼上租客",
                "location": "锦绣花园3栋",
                "person": "陈",
                "phone": "10034567812",
            },
        ),
    ],
)
def test_marks_are_taken_out_and_point_to_their_words(marked, bare, slots):
    text, found = unmark(marked)
    assert text == bare
    assert {name: text[start:end] for name, (start, end) in found.items()} == slots


@pytest.mark.parametrize(
    ("raw", "cleaned", "places"),
    [
        ("电话13800", "电话000", [0, 1, 2, 3, 4]),
        ("Ａ座  5楼", "a座 0楼", [0, 1, 2, 4, 5]),
        ("见 http://a.example/b 吵", "见 # 吵", [0, 1, 2, 20, 21]),
        ("  吵  ", "吵", [2]),
    ],
)
def test_cleaned_characters_know_where_they_come_from(raw, cleaned, places):
    assert aligned(raw) == (cleaned, places)


def test_aligned_and_clean_say_the_same():
    assert all(aligned(row.text)[0] == clean(row.text) for row in catalogue.load().exemplars()[::500])


def test_a_mark_moves_with_the_cleaning():
    row = Exemplar("", {}, "投诉", "书面", "！！！！！！ 星湖大道堵", "here", {"location": (7, 11)}, False)
    texts, marks = cleaned_marks([row])
    start, end = marks[0][SLOTS.index("location")]
    assert texts[0][start:end] == "星湖大道"


def spread(**runs: tuple[int, int, float]) -> np.ndarray:
    out = np.full((20, len(SLOTS)), 0.02)
    for name, (start, end, p) in runs.items():
        out[start:end, SLOTS.index(name)] = p
    return out


def test_the_best_run_of_each_field():
    found = best_spans(spread(location=(2, 8, 0.9), time=(10, 12, 0.3)))
    assert found == {"location": (2, 8, pytest.approx(0.9))}


def test_a_weak_character_inside_a_run_does_not_cut_it():
    probabilities = spread(target=(3, 12, 0.95))
    probabilities[7, SLOTS.index("target")] = 0.2
    assert best_spans(probabilities)["target"][:2] == (3, 12)


def test_spans_of_a_dialogue_point_into_the_whole_text():
    call = Call.of(turns=[{"who": "agent", "text": "请讲"}, {"who": "caller", "text": "星湖大道灯坏了"}])
    found = _spans(call, spread(location=(0, 4, 0.9))[:7], aligned(call.read)[1])
    span = found["location"]
    assert call.text[span.start : span.end] == "星湖大道"


def test_the_title_proves_nothing():
    call = Call.of(title="星湖大道灯坏", text="三盏都不亮")
    assert "location" not in _spans(call, spread(location=(0, 4, 0.9))[:12], aligned(call.read)[1])


def test_what_the_tagger_is_sure_is_not_there_is_denied():
    call = Call.of(text="小区的路不好走")
    assert _spans(call, spread()[:7], aligned(call.read)[1]) == {"location": None, "event_time": None, "target": None}
    form = read_form(call, gazetteer=catalogue.load().gazetteer, spans={"location": None, "target": None})
    assert form["location"] is None and form["target"] is None


@pytest.fixture(scope="module")
def marked():
    """Sixty marked tickets, cleaned, with targets and marks."""
    lists = catalogue.load()
    rows = [row for row in lists.exemplars() if row.slots and "location" in row.slots and len(row.text) < 90][:60]
    data = examples(lists, rows)
    return (*cleaned_marks(data.rows), data, Labels.of(lists))


def tiny(texts) -> Encoder:
    torch.manual_seed(0)
    config = EncoderConfig(hidden=64, layers=1, heads=2, inner=128, length=96, dropout=0.0)
    return Encoder(config=config, vocabulary=characters(texts, least=1))


def test_the_network_learns_where_the_place_stands(marked):
    texts, marks, data, labels = marked
    groups = [labels.standard_of]
    config = FinetuneConfig(epochs=25, rate=2e-3, batch=16)
    network = finetune(tiny(texts), texts, data.targets, sizes=labels.wide, groups=groups, slots=marks, config=config)
    told = network.read(texts)
    assert told["facts"].shape == (60, len(labels.facts)) and told["urgent"].shape == (60, 2)
    right = 0
    for text, slots, mark in zip(texts, told["slots"], marks, strict=True):
        assert slots.shape == (len(text), len(SLOTS))
        start, end = mark[SLOTS.index("location")]
        found = best_spans(slots).get("location", (0, 0, 0))
        right += len({*range(start, end)} & {*range(*found[:2])}) >= (end - start) / 2
    assert right >= 40


def test_a_loss_that_is_no_number_stops_the_training(marked):
    texts, marks, data, labels = marked
    encoder = tiny(texts)
    with torch.no_grad():
        next(encoder.parameters()).fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="epoch 1"):
        finetune(encoder, texts, data.targets, sizes=labels.wide, groups=[labels.standard_of], slots=marks)


@pytest.mark.parametrize(
    ("text", "end", "words"),
    [("星湖大道路灯坏了", 5, "星湖大道"), ("建设路路面塌了", 4, "建设路"), ("星湖大道路口堵", 6, "星湖大道路口")],
)
def test_the_lamp_is_no_part_of_the_road(text, end, words):
    assert place(text, 0, end, confidence=0.9, gazetteer=catalogue.load().gazetteer).text == words
