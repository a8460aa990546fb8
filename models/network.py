"""The network reader: the pre-trained encoder with one linear head for each thing it tells.

Training and use see the same text: cleaned, as `models.corpus.clean` leaves it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from models.encoder import Encoder


class Network(torch.nn.Module):
    """Encoder, mean and maximum over the characters, a hidden layer, heads."""

    def __init__(self, encoder: Encoder, *, sizes: Mapping[str, int], dropout: float = 0.2) -> None:
        super().__init__()
        width = encoder.config.hidden
        self.encoder = encoder
        self.hidden = torch.nn.Linear(2 * width, width)
        self.dropout = torch.nn.Dropout(dropout)
        self.heads = torch.nn.ModuleDict({head: torch.nn.Linear(width, size) for head, size in sizes.items()})

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every head: (texts, labels)."""
        states = self.encoder(ids, mask)
        seen = mask.unsqueeze(-1).bool()
        mean = states.masked_fill(~seen, 0).sum(1) / seen.sum(1)
        peak = states.masked_fill(~seen, -1e4).amax(1)
        pooled = self.dropout(functional.gelu(self.hidden(torch.cat([mean, peak], -1))))
        return {head: layer(pooled) for head, layer in self.heads.items()}


class NetworkReader:
    """The trained network, for reading only."""

    def __init__(self, network: Network) -> None:
        self.network = network.eval()

    @torch.inference_mode()
    def log_probabilities(self, texts: Sequence[str], *, batch: int = 64) -> dict[str, np.ndarray]:
        """For every head (texts, labels). Texts of like length are read together; the order is kept."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        out: dict[str, list] = {head: [None] * len(texts) for head in self.network.heads}
        for at in range(0, len(order), batch):
            numbers = order[at : at + batch]
            logits = self.network(*self.network.encoder.tokenise([texts[number] for number in numbers]))
            for head, values in logits.items():
                for number, row in zip(numbers, functional.log_softmax(values, -1).numpy(), strict=True):
                    out[head][number] = row
        return {head: np.stack(rows) for head, rows in out.items()}

    def save(self, folder: Path) -> None:
        """The encoder's folder with the heads beside it."""
        self.network.encoder.save(folder)
        heads = {name: value for name, value in self.network.state_dict().items() if not name.startswith("encoder.")}
        save_file({name: value.half().contiguous() for name, value in heads.items()}, folder / "heads.safetensors")

    @classmethod
    def load(cls, folder: Path, *, sizes: Mapping[str, int]) -> "NetworkReader":
        """Read a folder written by `save`."""
        network = Network(Encoder.load(folder), sizes=sizes)
        heads = {name: value.float() for name, value in load_file(folder / "heads.safetensors").items()}
        missing = network.load_state_dict(heads, strict=False)
        if missing.unexpected_keys or any(not name.startswith("encoder.") for name in missing.missing_keys):
            raise ValueError(f"{folder}: heads do not fit the label set")
        return cls(network)
