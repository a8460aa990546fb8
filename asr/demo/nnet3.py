"""Writes the trained network as Kaldi's binary nnet3 model, the format the Vosk library reads (`am/final.mdl`).

Batch norms are folded into the next affine layer, so that only affine, rectifier and log-softmax remain. Each output
is one phone with one self-looping state; the blank is the last phone and serves as the silence of end-pointing.
"""

import struct
from pathlib import Path

import numpy as np
from torch import nn

from asr.demo.features import MFCC_CONF, Spoken
from asr.demo.network import CONTEXT, DILATIONS, FIRST_REACH, SUBSAMPLING, Network, blank_last_posterior
from asr.demo.phones import BLANK

# The prior is flattened: dividing by the full posterior mean would punish the blank, which fills most frames, too much.
PRIOR_POWER = 0.4
DECODER_CONF = (
    "--min-active=200\n--max-active=3000\n--beam=13.0\n--lattice-beam=5.0\n--acoustic-scale=0.8\n"
    f"--frame-subsampling-factor={SUBSAMPLING}\n--endpoint.silence-phones={BLANK}\n"
    "--endpoint.rule2.min-trailing-silence=0.6\n--endpoint.rule3.min-trailing-silence=0.9\n"
    "--endpoint.rule4.min-trailing-silence=1.6\n"
)


def token(text: str) -> bytes:
    """A Kaldi token."""
    return text.encode() + b" "


def integer(value: int) -> bytes:
    """A Kaldi int32, preceded by its size."""
    return struct.pack("<bi", 4, value)


def real(value: float) -> bytes:
    """A Kaldi float, preceded by its size."""
    return struct.pack("<bf", 4, value)


def integers(values: list[int]) -> bytes:
    """A Kaldi vector of int32: size of an item, count, items."""
    return struct.pack("<bi", 4, len(values)) + np.asarray(values, "<i4").tobytes()


def vector(values: np.ndarray) -> bytes:
    """A Kaldi float vector."""
    return b"FV " + integer(len(values)) + np.asarray(values, "<f4").tobytes()


def matrix(values: np.ndarray) -> bytes:
    """A Kaldi float matrix, rows first."""
    rows, columns = values.shape
    return b"FM " + integer(rows) + integer(columns) + np.ascontiguousarray(values, "<f4").tobytes()


def transition_model() -> bytes:
    """One topology for all phones: a state that loops or leaves, each with probability one half."""
    phones = list(range(1, BLANK + 1))
    entry = integer(2) + integer(0) + integer(2) + integer(0) + real(0.5) + integer(1) + real(0.5)
    entry += integer(-1) + integer(0)  # the final state: no output, no arcs
    topology = token("<Topology>") + integers(phones) + integers([-1] + [0] * BLANK) + integer(1) + entry
    triples = b"".join(integer(phone) + integer(0) + integer(phone - 1) for phone in phones)
    log_probs = np.concatenate([[0.0], np.full(2 * BLANK, np.log(0.5))])
    return b"".join([
        token("<TransitionModel>"), topology, token("</Topology>"),
        token("<Triples>"), integer(BLANK), triples, token("</Triples>"),
        token("<LogProbs>"), vector(log_probs), token("</LogProbs>"), token("</TransitionModel>"),
    ])  # fmt: skip


def _norm(norm: nn.BatchNorm1d) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift that the norm amounts to after training."""
    state = {name: values.numpy() for name, values in norm.state_dict().items()}
    scale = state["weight"] / np.sqrt(state["running_var"] + norm.eps)
    return scale, state["bias"] - state["running_mean"] * scale


def affine_layers(network: Network) -> list[tuple[str, list[int], np.ndarray, np.ndarray]]:
    """(name, frame offsets, weights out x offsets*in, bias) of each layer, the batch norm before it folded in."""
    norms = [network.input_norm, *network.norms]
    names = ["first", *(f"middle{i}" for i in range(len(DILATIONS))), "last"]
    offsets = [list(range(-FIRST_REACH, FIRST_REACH + 1)), *([-SUBSAMPLING * d, 0, SUBSAMPLING * d] for d in DILATIONS)]
    layers = []
    for name, shifts, layer, norm in zip(
        names, [*offsets, [0]], [network.first, *network.middle, network.last], norms, strict=True
    ):
        scale, shift = _norm(norm)
        weights = layer.weight.detach().numpy()
        bias = layer.bias.detach().numpy() + np.einsum("oik,i->o", weights, shift)
        scaled = weights * scale[None, :, None]
        layers.append((name, shifts, np.concatenate([scaled[:, :, k] for k in range(scaled.shape[2])], axis=1), bias))
    return layers


def _nonlinearity(kind: str, size: int) -> bytes:
    none = vector(np.zeros(0))
    body = token("<Dim>") + integer(size) + token("<ValueAvg>") + none + token("<DerivAvg>") + none
    return token(f"<{kind}>") + body + token("<Count>") + real(0.0) + token(f"</{kind}>")


def _affine(weights: np.ndarray, bias: np.ndarray) -> bytes:
    parts = [token("<LearningRate>"), real(0.001), token("<LinearParams>"), matrix(weights)]
    parts += [token("<BiasParams>"), vector(bias), token("</AffineComponent>")]
    return token("<AffineComponent>") + b"".join(parts)


def _spliced(source: str, shifts: list[int]) -> str:
    if shifts == [0]:
        return source
    return "Append(" + ", ".join(f"Offset({source}, {shift})" if shift else source for shift in shifts) + ")"


def nnet(network: Network) -> bytes:
    """The network's wiring as text and its components as numbers."""
    wiring = ["input-node name=input dim=32"]
    components: list[tuple[str, bytes]] = []
    source = "input"
    for name, shifts, weights, bias in affine_layers(network):
        kind = "LogSoftmaxComponent" if name == "last" else "RectifiedLinearComponent"
        spliced = _spliced(source, shifts)
        wiring.append(f"component-node name={name}.affine component={name}.affine input={spliced}")
        wiring.append(f"component-node name={name}.out component={name}.out input={name}.affine")
        components += [(f"{name}.affine", _affine(weights, bias)), (f"{name}.out", _nonlinearity(kind, len(bias)))]
        source = f"{name}.out"
    wiring.append(f"output-node name=output input={source} objective=linear")
    named = b"".join(token("<ComponentName>") + token(name) + body for name, body in components)
    head = token("<Nnet3>") + ("\n" + "\n".join(wiring) + "\n\n").encode()
    return head + token("<NumComponents>") + integer(len(components)) + named + token("</Nnet3>")


def write_model(network: Network, data: list[Spoken], folder: Path) -> None:
    """Write `am/final.mdl` and `conf/` below `folder`; the prior comes from `data`."""
    prior = blank_last_posterior(network, data) ** PRIOR_POWER
    contexts = token("<LeftContext>") + integer(CONTEXT) + token("<RightContext>") + integer(CONTEXT)
    model = b"\0B" + transition_model() + nnet(network) + contexts + token("<Priors>") + vector(prior / prior.sum())
    for name in ("am", "conf"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "am" / "final.mdl").write_bytes(model)
    (folder / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    (folder / "conf" / "model.conf").write_text(DECODER_CONF)
