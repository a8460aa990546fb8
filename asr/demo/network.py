"""The acoustic network: a small time-delay network trained with CTC.

    python -m asr.demo.build acoustic     # about 25 minutes on one core

One strided and five dilated convolutions with batch norm; every third 10 ms frame gives the log-probabilities of the
phones and of the blank.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from asr.demo.features import CEPSTRA, Spoken
from asr.demo.phones import BLANK

DILATIONS = (1, 1, 2, 2, 3)
SUBSAMPLING = 3
FIRST_REACH = 4
CONTEXT = FIRST_REACH + SUBSAMPLING * sum(DILATIONS)


@dataclass
class Config:
    """Size and training of the network."""

    width: int = 192
    dropout: float = 0.1
    rate: float = 2e-3
    epochs: int = 14
    batch_frames: int = 10_000
    seed: int = 1


class Network(nn.Module):
    """(batch, 32, frames + 2 CONTEXT) -> (batch, BLANK, frames / 3) log-probabilities, blank last."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.input_norm = nn.BatchNorm1d(CEPSTRA)
        self.first = nn.Conv1d(CEPSTRA, width, 2 * FIRST_REACH + 1, stride=SUBSAMPLING)
        self.middle = nn.ModuleList([nn.Conv1d(width, width, 3, dilation=d) for d in DILATIONS])
        self.norms = nn.ModuleList([nn.BatchNorm1d(width) for _ in range(len(DILATIONS) + 1)])
        self.last = nn.Conv1d(width, BLANK, 1)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        hidden = self.norms[0](F.relu(self.first(self.input_norm(frames))))
        for layer, norm in zip(self.middle, self.norms[1:], strict=True):
            hidden = self.dropout(norm(F.relu(layer(hidden))))
        return F.log_softmax(self.last(hidden), dim=1)


def padded(frames: np.ndarray, *, length: int | None = None) -> np.ndarray:
    """frames x 32 -> 32 x (length + 2 CONTEXT), edges repeated as Kaldi does."""
    extra = (length or len(frames)) - len(frames)
    return np.pad(frames.astype(np.float32), ((CONTEXT, CONTEXT + extra), (0, 0)), mode="edge").T


def batches(data: list[Spoken], *, config: Config, rng: random.Random) -> list[list[Spoken]]:
    """Groups of like length, in random order."""
    ordered = sorted(data, key=lambda spoken: len(spoken.takes[0]) + rng.randrange(30))
    groups: list[list[Spoken]] = [[]]
    for spoken in ordered:
        if groups[-1] and (len(groups[-1]) + 1) * len(spoken.takes[0]) > config.batch_frames:
            groups.append([])
        groups[-1].append(spoken)
    rng.shuffle(groups)
    return groups


def _loss(network: Network, group: list[Spoken], rng: random.Random) -> torch.Tensor:
    takes = [rng.choice(spoken.takes) for spoken in group]
    longest = max(map(len, takes))
    frames = torch.from_numpy(np.stack([padded(take, length=longest) for take in takes]))
    lengths = torch.tensor([(len(take) + SUBSAMPLING - 1) // SUBSAMPLING for take in takes])
    targets = torch.tensor([phone - 1 for spoken in group for phone in spoken.phones])
    sizes = torch.tensor([len(spoken.phones) for spoken in group])
    scores = network(frames).permute(2, 0, 1)
    return F.ctc_loss(scores, targets, lengths, sizes, blank=BLANK - 1, zero_infinity=True)


def train(data: list[Spoken], *, config: Config) -> Iterator[tuple[Network, float]]:
    """Train; yields the network and the mean loss after each epoch."""
    torch.manual_seed(config.seed)
    rng = random.Random(config.seed)
    network = Network(config)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=1e-3)
    steps = config.epochs * (len(batches(data, config=config, rng=random.Random(0))) + 2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, total_steps=steps, pct_start=0.15)
    for epoch in range(config.epochs):
        network.train()
        losses = []
        for group in tqdm(batches(data, config=config, rng=rng), desc=f"训练第 {epoch + 1} 轮", leave=False):
            loss = _loss(network, group, rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        yield network.eval(), float(np.mean(losses))


def blank_last_posterior(network: Network, data: list[Spoken]) -> np.ndarray:
    """Mean probability of each output over the material: the prior the decoder divides by."""
    total = np.zeros(BLANK)
    for spoken in data:
        with torch.no_grad():
            total += network(torch.from_numpy(padded(spoken.takes[0])[None])).exp()[0].sum(1).numpy()
    return total / total.sum()
