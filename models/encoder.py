"""The text encoder: a small BERT (transformers) over characters, pre-trained by masking, fine-tuned by `training`.

A folder holds `config.json`, `vocab.txt`, `encoder.safetensors` (half precision). A city with a larger encoder of its own
trains on that (`models.hub`); everything above this file sees only `tokenise`, `kept` and `forward`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(5)


def half_precision() -> torch.autocast:
    """Training's matrix products in bfloat16 where the processor has it (nearly twice as fast), else as they are."""
    able = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=able)


@dataclass(frozen=True)
class EncoderConfig:
    """Shape of the encoder; `length` is the longest text read, in characters, the two end marks included."""

    hidden: int = 256
    layers: int = 4
    heads: int = 4
    inner: int = 1024
    length: int = 256
    dropout: float = 0.1


class Encoder(torch.nn.Module):
    """Characters to vectors: `forward(ids, mask)` gives (batch, time, hidden)."""

    def __init__(self, *, config: EncoderConfig, vocabulary: Sequence[str]) -> None:
        super().__init__()
        self.config, self.vocabulary = config, list(vocabulary)
        self.index = {character: number for number, character in enumerate(self.vocabulary)}
        self.bert = BertModel(
            BertConfig(
                vocab_size=len(self.vocabulary),
                hidden_size=config.hidden,
                num_hidden_layers=config.layers,
                num_attention_heads=config.heads,
                intermediate_size=config.inner,
                max_position_embeddings=config.length,
                hidden_dropout_prob=config.dropout,
                attention_probs_dropout_prob=config.dropout,
                type_vocab_size=1,
            ),
            add_pooling_layer=False,
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state

    def tokenise(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Cleaned texts to (ids, mask), both (batch, longest); a long text keeps its head and its tail.

        Callers open with the problem and close with the wish; what is cut is the middle.
        """
        rows = [self._ids(text) for text in texts]
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), PAD, dtype=torch.long)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
        return ids, (ids != PAD).long()

    def kept(self, length: int) -> list[int]:
        """The places of a text of this length that are read."""
        return kept_places(length, self.config.length - 2)

    def _ids(self, text: str) -> list[int]:
        return [CLS, *(self.index.get(text[place], UNK) for place in self.kept(len(text))), SEP]

    def save(self, folder: Path) -> None:
        """Write the folder; weights in half precision, which costs nothing measurable and half the bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(asdict(self.config), indent=1) + "\n", encoding="utf-8")
        (folder / "vocab.txt").write_text("\n".join(self.vocabulary) + "\n", encoding="utf-8")
        weights = {name: value.half().contiguous() for name, value in self.state_dict().items()}
        save_file(weights, folder / "encoder.safetensors")

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """Read a folder written by `save`."""
        config = EncoderConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
        encoder = cls(config=config, vocabulary=vocabulary)
        weights = load_file(folder / "encoder.safetensors")
        encoder.load_state_dict({name: value.float() for name, value in weights.items()})
        return encoder


def kept_places(length: int, room: int) -> list[int]:
    """All places of a text that fits; of a longer one three quarters of the room from its head, the rest from its tail."""
    if length <= room:
        return list(range(length))
    head = room * 3 // 4
    return [*range(head), *range(length - (room - head), length)]


def characters(texts: Iterable[str], *, least: int) -> list[str]:
    """The vocabulary: special marks, then every character seen at least `least` times, most frequent first."""
    counts = Counter(character for text in texts for character in text if not character.isspace())
    return [*SPECIALS, " ", *(character for character, count in counts.most_common() if count >= least)]
