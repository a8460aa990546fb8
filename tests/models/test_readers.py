"""The readers learn, save, load and agree with themselves, on a toy list of a few matters; nothing is downloaded."""

from collections import Counter

import numpy as np
import pytest
import torch

import catalogue
from models.corpus import clean
from models.dense import DenseConfig, DenseReader, train_dense
from models.encoder import MASK, Encoder, EncoderConfig, characters
from models.finetune import FinetuneConfig, finetune
from models.labels import Labels, examples
from models.linear import LinearConfig, LinearReader, train_linear
from models.network import NetworkReader
from models.pretrain import mask_runs, pretrain
from models.training import cell_groups, fit_blend
from models.vectors import TermVectors, terms


@pytest.fixture(scope="module")
def data():
    """Exemplars of the five matters that have most, cleaned, with the whole label set."""
    lists = catalogue.load()
    rows = lists.exemplars()
    matters = dict(Counter(row.matter for row in rows).most_common(5))
    found = examples(lists, [row for row in rows if row.matter in matters][:300])
    return [clean(text) for text in found.texts], found.targets, Labels.of(lists)


@pytest.fixture(scope="module")
def vectors(data):
    return TermVectors.fit(data[0], size=2000, dimensions=32, least=3)


def right(reader, data) -> float:
    """Share of the training texts whose cell comes out first."""
    texts, targets, _ = data
    return float((reader.log_probabilities(texts)["cells"].argmax(1) == targets["cells"]).mean())


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("电话１３８００１３８０００", "电话000"),
        ("ABC路 12号", "abc路 00号"),
        ("太吵了！！！！！！", "太吵了!!!"),
        ("见 http://a.example/b?c=1", "见 #"),
        ("", ""),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


def test_terms_are_characters_pairs_and_words():
    assert {"路", "路灯", "派出所"} <= set(terms("派出所旁路灯"))


def test_vectors_survive_saving(vectors, tmp_path):
    vectors.save(tmp_path / "v.npz")
    again = TermVectors.load(tmp_path / "v.npz")
    assert np.allclose(vectors.transform(["路灯不亮"]), again.transform(["路灯不亮"]), atol=1e-2)
    assert not vectors.transform(["☃"]).any()


def test_linear_learns_saves_and_loads(data, vectors, tmp_path):
    texts, targets, labels = data
    reader = train_linear(texts, targets, sizes=labels.sizes, vectors=vectors, config=LinearConfig())
    assert right(reader, data) > 0.9
    reader.save(tmp_path / "linear.npz")
    again = LinearReader.load(tmp_path / "linear.npz", vectors=vectors)
    assert right(again, data) > 0.9
    rows = np.exp(again.log_probabilities(["", "路灯不亮"])["cells"])
    assert np.allclose(rows.sum(1), 1, atol=1e-3)


def test_dense_learns_saves_and_loads(data, vectors, tmp_path):
    texts, targets, labels = data
    groups = cell_groups(catalogue.load(), labels)
    config = DenseConfig(width=64, epochs=30)
    reader = train_dense(texts, targets, sizes=labels.sizes, vectors=vectors, groups=groups, config=config)
    assert right(reader, data) > 0.05  # one in four thousand by chance
    reader.save(tmp_path / "dense.safetensors")
    again = DenseReader.load(tmp_path / "dense.safetensors", vectors=vectors, sizes=labels.sizes)
    assert right(again, data) == pytest.approx(right(reader, data), abs=0.02)


SMALL = EncoderConfig(hidden=16, layers=1, heads=2, inner=32, length=48)


def test_masking_hides_what_it_asks_for():
    import random

    ids = torch.arange(6, 46).reshape(1, 40)
    hidden, labels = mask_runs(ids, rate=0.3, vocabulary=60, rng=random.Random(0))
    asked = labels != -100
    assert 8 <= int(asked.sum()) <= 20
    assert torch.equal(labels[asked], ids[asked])
    assert torch.equal(hidden[~asked], ids[~asked])
    assert (hidden == MASK).any()


def test_pretraining_lowers_the_loss_and_a_fresh_folder_loads(data, tmp_path):
    said: list[str] = []
    encoder = pretrain(data[0][:150], config=SMALL, epochs=3, length=32, report=said.append)
    encoder.save(tmp_path)
    again = Encoder.load(tmp_path)
    ids, mask = again.tokenise(["路灯不亮", "路" * 200])
    assert ids.shape == (2, SMALL.length)
    assert int(mask[0].sum()) == 6
    assert again(ids, mask).shape == (2, SMALL.length, SMALL.hidden)


def test_network_finetunes_saves_and_loads(data, tmp_path):
    texts, targets, labels = data
    encoder = Encoder(config=SMALL, vocabulary=characters(texts, least=2))
    groups = cell_groups(catalogue.load(), labels)
    config = FinetuneConfig(epochs=1)
    reader = finetune(encoder, texts, targets, sizes=labels.sizes, groups=groups, config=config)
    before = reader.log_probabilities(["路灯不亮", "车停在人行道上挡路了"])["cells"]
    reader.save(tmp_path)
    after = NetworkReader.load(tmp_path, sizes=labels.sizes).log_probabilities(["路灯不亮", "车停在人行道上挡路了"])
    assert np.allclose(before, after["cells"], atol=0.05)


def test_heads_of_another_label_set_are_refused(data, tmp_path):
    texts, _, labels = data
    encoder = Encoder(config=SMALL, vocabulary=characters(texts, least=2))
    from models.network import Network

    NetworkReader(Network(encoder, sizes={"cells": 3, "nature": 7})).save(tmp_path)
    with pytest.raises((RuntimeError, ValueError)):
        NetworkReader.load(tmp_path, sizes=labels.sizes)


def test_blend_without_tickets_is_even(data):
    assert fit_blend(catalogue.load(), data[2], {"linear": None}, [])["linear"] == 1.0


def test_every_exemplar_has_a_cell():
    lists = catalogue.load()
    assert len(examples(lists).texts) == len(lists.exemplars())
