"""A larger encoder from a hub or a folder in place of ours: `hotline train --encoder <hub id or folder>`.

Any BERT-like model whose vocabulary holds single Chinese characters will do (BERT, RoBERTa-wwm, MacBERT, BGE-zh): it is
read one character at a time, as ours is, so that every character of a text has a state of its own for the form's fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from catalogue.errors import InputError
from models.encoder import Encoder, kept_places

LONGEST = 256


@dataclass(frozen=True)
class HubConfig:
    """What the heads must know of an encoder."""

    hidden: int
    length: int


class HubEncoder(torch.nn.Module):
    """A transformers model behind the interface of `models.encoder.Encoder`."""

    def __init__(self, model: torch.nn.Module, tokenizer) -> None:
        super().__init__()
        self.model, self.tokenizer = model, tokenizer
        length = min(LONGEST, getattr(model.config, "max_position_embeddings", LONGEST))
        self.config = HubConfig(hidden=model.config.hidden_size, length=length)
        self.index = tokenizer.get_vocab()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    def kept(self, length: int) -> list[int]:
        """As `Encoder.kept`."""
        return kept_places(length, self.config.length - 2)

    def tokenise(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """As `Encoder.tokenise`: one token a character."""
        marks = self.tokenizer
        rows = [
            [
                marks.cls_token_id,
                *(self.index.get(text[place], marks.unk_token_id) for place in self.kept(len(text))),
                marks.sep_token_id,
            ]
            for text in texts
        ]
        ids = torch.full((len(rows), max(map(len, rows))), marks.pad_token_id, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return ids, mask

    def save(self, folder: Path) -> None:
        """Write the folder as transformers does."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def load(cls, name: str) -> "HubEncoder":
        """From a hub id or a folder; raises InputError where there is none or where it can't read single characters."""
        from transformers import AutoModel, AutoTokenizer

        try:
            encoder = cls(AutoModel.from_pretrained(name), AutoTokenizer.from_pretrained(name))
        except (OSError, ValueError) as error:
            raise InputError("encoder.load", f"编码器「{name}」打不开：{str(error).splitlines()[0]}") from error
        if sum(character in encoder.index for character in "路灯不亮投诉") < 4:
            raise InputError("encoder.vocabulary", f"编码器「{name}」的词表里没有单个汉字，不能逐字阅读")
        return encoder


def open_encoder(name: str | Path) -> Encoder | HubEncoder:
    """Ours where the folder is one of ours, else a transformers model by folder or hub id."""
    return Encoder.load(Path(name)) if (Path(name) / "encoder.safetensors").exists() else HubEncoder.load(str(name))
