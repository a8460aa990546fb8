"""A city's own encoder: any BERT with single characters in its vocabulary takes the place of ours."""

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

import catalogue
from catalogue.errors import InputError
from models.encoder import SPECIALS, characters
from models.finetune import FinetuneConfig, finetune
from models.hub import HubEncoder, open_encoder
from models.labels import Labels, examples
from models.network import NetworkReader
from models.tagging import cleaned_marks


def folder_of(path, words) -> str:
    """A tiny BERT with these words for its vocabulary, as a hub would hold it."""
    torch.manual_seed(0)
    words = [*SPECIALS, *words]
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(path)
    tokenizer = BertTokenizer(vocab={word: number for number, word in enumerate(words)})
    assert len(tokenizer.get_vocab()) == len(words)
    tokenizer.save_pretrained(path)
    return str(path)


@pytest.fixture(scope="module")
def data():
    lists = catalogue.load()
    found = examples(lists, [row for row in lists.exemplars() if row.slots][:40])
    texts, marks = cleaned_marks(found.rows)
    return texts, marks, found.targets, Labels.of(lists)


def test_the_same_heads_are_trained_saved_and_loaded_on_another_encoder(data, tmp_path):
    texts, marks, targets, labels = data
    name = folder_of(tmp_path / "hub", [word for word in characters(texts, least=1) if len(word) == 1])
    encoder = open_encoder(name)
    assert isinstance(encoder, HubEncoder)
    config = FinetuneConfig(epochs=2, batch=20)
    network = finetune(
        encoder, texts, targets, sizes=labels.wide, groups=[labels.standard_of], slots=marks, config=config
    )
    network.save(tmp_path / "network")
    again = NetworkReader.load(tmp_path / "network", sizes=labels.wide)
    one, other = network.read(texts[:4]), again.read(texts[:4])
    assert np.allclose(one["cells"], other["cells"], atol=2e-2)
    assert [rows.shape for rows in other["slots"]] == [(len(text), 5) for text in texts[:4]]


def test_a_text_longer_than_the_encoder_keeps_head_and_tail(data, tmp_path):
    encoder = HubEncoder.load(folder_of(tmp_path / "hub", list("路灯不亮投诉吵")))
    ids, mask = encoder.tokenise(["路" * 300 + "吵", "灯"])
    assert ids.shape == (2, 256) and mask.sum(1).tolist() == [256, 3]
    assert ids[0, -2] == encoder.index["吵"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: str(path / "nothing"), "打不开"),
        (lambda path: folder_of(path, ["street", "lamp"]), "没有单个汉字"),
    ],
)
def test_what_cannot_be_read_is_refused(make, message, tmp_path):
    with pytest.raises(InputError, match=message):
        open_encoder(make(tmp_path))
