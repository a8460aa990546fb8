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
from models.hub import HubEncoder, open_encoder

# Heads that tell several things at once: each of their outputs is a yes or no of its own.
FACTS, SLOTS = "facts", "slots"


class Network(torch.nn.Module):
    """Encoder, mean and maximum over the characters, a hidden layer, heads; `slots` reads each character by itself."""

    def __init__(self, encoder: Encoder | HubEncoder, *, sizes: Mapping[str, int], dropout: float = 0.2) -> None:
        super().__init__()
        width = encoder.config.hidden
        self.encoder = encoder
        self.hidden = torch.nn.Linear(2 * width, width)
        self.dropout = torch.nn.Dropout(dropout)
        self.heads = torch.nn.ModuleDict({head: torch.nn.Linear(width, size) for head, size in sizes.items()})

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every head: (texts, labels); of `slots`, where there is such a head, (texts, time, slots)."""
        states = self.encoder(ids, mask)
        pooled = self.dropout(functional.gelu(self.hidden(pool(states, mask))))
        out = {head: layer(pooled) for head, layer in self.heads.items() if head != SLOTS}
        return {**out, SLOTS: self.heads[SLOTS](self.dropout(states))} if SLOTS in self.heads else out


def pool(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean and maximum over the characters: (texts, 2 × hidden)."""
    seen = mask.unsqueeze(-1).bool()
    mean = states.masked_fill(~seen, 0).sum(1) / seen.sum(1)
    return torch.cat([mean, states.masked_fill(~seen, -1e4).amax(1)], -1)


class NetworkReader:
    """The trained network, for reading only."""

    def __init__(self, network: Network) -> None:
        self.network = network.eval()

    def log_probabilities(self, texts: Sequence[str], *, batch: int = 64) -> dict[str, np.ndarray]:
        """For every head that chooses one label (texts, labels)."""
        heads = self.read(texts, batch=batch)
        return {head: values for head, values in heads.items() if head not in (FACTS, SLOTS)}

    @torch.inference_mode()
    def read(self, texts: Sequence[str], *, batch: int = 64) -> dict:
        """Log probabilities of every head that chooses one label (texts, labels); probabilities of `facts` (texts, values);
        of `slots`, a list with (characters, slots) for each text.

        Texts of like length are read together; the order is kept.
        """
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        out: dict[str, list] = {head: [None] * len(texts) for head in self.network.heads}
        for at in range(0, len(order), batch):
            numbers = order[at : at + batch]
            logits = self.network(*self.network.encoder.tokenise([texts[number] for number in numbers]))
            for head, values in logits.items():
                several = head in (FACTS, SLOTS)
                rows = (values.sigmoid() if several else functional.log_softmax(values, -1)).numpy()
                for number, row in zip(numbers, rows, strict=True):
                    out[head][number] = self._in_text(row, texts[number]) if head == SLOTS else row
        return {head: rows if head == SLOTS else np.stack(rows) for head, rows in out.items()}

    def _in_text(self, rows: np.ndarray, text: str) -> np.ndarray:
        """The slots' probabilities at the characters of the text; zero where it was too long to be read."""
        kept = self.network.encoder.kept(len(text))
        spread = np.zeros((len(text), rows.shape[1]), dtype=np.float32)
        spread[kept] = rows[1 : len(kept) + 1]
        return spread

    @torch.inference_mode()
    def embed(self, texts: Sequence[str], *, batch: int = 64) -> np.ndarray:
        """Unit vectors (texts, hidden) of what the heads see; for retrieval."""
        out = []
        for at in range(0, len(texts), batch):
            ids, mask = self.network.encoder.tokenise(texts[at : at + batch])
            hidden = functional.gelu(self.network.hidden(pool(self.network.encoder(ids, mask), mask)))
            out.append(functional.normalize(hidden, dim=-1).numpy())
        return np.concatenate(out)

    def save(self, folder: Path) -> None:
        """The encoder's folder with the heads beside it."""
        self.network.encoder.save(folder)
        heads = {name: value for name, value in self.network.state_dict().items() if not name.startswith("encoder.")}
        save_file({name: value.half().contiguous() for name, value in heads.items()}, folder / "heads.safetensors")

    @classmethod
    def load(cls, folder: Path, *, sizes: Mapping[str, int]) -> "NetworkReader":
        """Read a folder written by `save`."""
        network = Network(open_encoder(folder), sizes=sizes)
        heads = {name: value.float() for name, value in load_file(folder / "heads.safetensors").items()}
        missing = network.load_state_dict(heads, strict=False)
        if missing.unexpected_keys or any(not name.startswith("encoder.") for name in missing.missing_keys):
            raise ValueError(f"{folder}: heads do not fit the label set")
        return cls(network)
