"""The dense reader: one wide hidden layer on the term vector of the whole text.

Where the linear reader adds up words, this one sees that two of them together mean something else; it costs a matrix product.
Noise on the vectors in training keeps a few thousand exemplars from being learnt by heart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from models.finetune import joint_loss
from models.vectors import TermVectors

# Unit vectors of a few hundred dimensions have entries near 1/16; a layer learns best on entries near one.
SCALE = 16.0


@dataclass(frozen=True)
class DenseConfig:
    """Training of the dense reader; `noise` is the deviation added to each (scaled) entry."""

    width: int = 512
    dropout: float = 0.5
    epochs: int = 14
    noise: float = 0.3
    rate: float = 2e-3
    batch: int = 128
    seed: int = 0


class DenseReader(torch.nn.Module):
    """Log probabilities of every head from term vectors."""

    def __init__(self, *, vectors: TermVectors, sizes: Mapping[str, int], config: DenseConfig | None = None) -> None:
        super().__init__()
        config = config or DenseConfig()
        self.vectors, self.config = vectors, config
        self.hidden = torch.nn.Linear(vectors.matrix.shape[1], config.width)
        self.dropout = torch.nn.Dropout(config.dropout)
        self.heads = torch.nn.ModuleDict({head: torch.nn.Linear(config.width, size) for head, size in sizes.items()})

    def forward(self, vectors: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every head for scaled vectors: (texts, labels)."""
        hidden = self.dropout(torch.nn.functional.gelu(self.hidden(vectors)))
        return {head: layer(hidden) for head, layer in self.heads.items()}

    @torch.inference_mode()
    def log_probabilities(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """For every head (texts, labels)."""
        self.eval()
        logits = self(self.encode(texts))
        return {head: torch.log_softmax(values, -1).numpy() for head, values in logits.items()}

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """Cleaned texts to scaled vectors."""
        return torch.from_numpy(self.vectors.transform(texts).astype(np.float32)) * SCALE

    def save(self, path: Path) -> None:
        """Weights in half precision."""
        save_file({name: value.half().contiguous() for name, value in self.state_dict().items()}, path)

    @classmethod
    def load(cls, path: Path, *, vectors: TermVectors, sizes: Mapping[str, int]) -> "DenseReader":
        """Read a file written by `save`."""
        weights = {name: value.float() for name, value in load_file(path).items()}
        reader = cls(vectors=vectors, sizes=sizes, config=DenseConfig(width=len(weights["hidden.bias"])))
        reader.load_state_dict(weights)
        return reader.eval()


def train_dense(
    texts: Sequence[str],
    targets: Mapping[str, np.ndarray],
    *,
    sizes: Mapping[str, int],
    vectors: TermVectors,
    groups: Sequence[np.ndarray],
    config: DenseConfig | None = None,
) -> DenseReader:
    """Fit on cleaned texts; `groups` as for `finetune`."""
    config = config or DenseConfig()
    torch.manual_seed(config.seed)
    reader = DenseReader(vectors=vectors, sizes=sizes, config=config).train()
    inputs, maps = reader.encode(texts), [torch.from_numpy(group) for group in groups]
    tensors = {head: torch.from_numpy(values) for head, values in targets.items()}
    optimiser = torch.optim.AdamW(reader.parameters(), lr=config.rate, weight_decay=0.02)
    steps = config.epochs * -(-len(inputs) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, total_steps=steps)
    for _ in range(config.epochs):
        for numbers in torch.randperm(len(inputs)).split(config.batch):
            noisy = inputs[numbers] + config.noise * torch.randn(len(numbers), inputs.shape[1])
            loss = joint_loss(reader(noisy), {head: values[numbers] for head, values in tensors.items()}, maps)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return reader.eval()
