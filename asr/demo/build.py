"""Makes the demonstration model and the sample calls from nothing but our own texts.

    pip install -r asr/demo/requirements.txt        # demo-model: what only this build needs
    apt-get install espeak-ng                       # Debian's synthesizer
    python -m asr.demo.build                        # everything: about 45 minutes on two cores
    python -m asr.demo.build graph                  # one step: heldout | acoustic | export | graph | calls | score

`acoustic` keeps the trained network in --work (default build/demo-model), so that `graph` can be repeated alone.
"""

import argparse
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

from asr.demo import CORPUS_DIR, MODEL_DIR, texts

STEPS = ("heldout", "acoustic", "graph", "calls", "score")
SPOKEN_SENTENCES = 5000
HELD_OUT = 120


def training_sentences() -> list[str]:
    """What the voices say: invented calls, and as much of the exemplars as is there."""
    exemplars = texts.exemplars()
    every = max(1, len(exemplars) // 2500)
    invented = list(texts.hotline_sentences(SPOKEN_SENTENCES - min(2500, len(exemplars[::every])), seed=1))
    return texts.not_held_out([s for s in invented + exemplars[::every] if 2 <= len(texts.characters(s)) <= 45])


def acoustic(work: Path, model: Path, *, epochs: int) -> None:
    """Speak, train and write am/final.mdl and conf/."""
    import torch

    from asr.demo.features import material
    from asr.demo.network import Config, train

    torch.set_num_threads(1)
    data = material(training_sentences())
    frames = sum(len(spoken.takes[0]) for spoken in data)
    print(f"训练语音 {len(data)} 句，{frames / 360_000:.1f} 小时")
    config = Config(epochs=epochs)
    with (work / "sample.pkl").open("wb") as file:
        pickle.dump(data[::20], file)
    for network, loss in train(data, config=config):
        print(f"损失 {loss:.4f}", flush=True)
        torch.save(network.state_dict(), work / "network.pt")
    export(work, model)


def export(work: Path, model: Path) -> None:
    """Write the trained network in Kaldi's format."""
    import torch

    from asr.demo.network import Config, Network
    from asr.demo.nnet3 import write_model

    network = Network(Config())
    network.load_state_dict(torch.load(work / "network.pt"))
    with (work / "sample.pkl").open("rb") as file:
        write_model(network.eval(), pickle.load(file), model)


def blind(folder: Path) -> None:
    """The same model with a language model that does not know the sample calls, to be scored beside the shipped one."""
    from asr.demo.graph import write_graph

    shutil.copytree(MODEL_DIR, folder, dirs_exist_ok=True)
    write_graph(folder, calls=False)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", help=f"any of: {' '.join(STEPS)} export (default: all)")
    parser.add_argument("--work", type=Path, default=Path("build/demo-model"))
    parser.add_argument("--epochs", type=int, default=14)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    steps = options.steps or STEPS
    if "heldout" in steps:
        chosen = texts.pick_held_out(HELD_OUT)
        (CORPUS_DIR / "heldout.txt").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    if "acoustic" in steps:
        acoustic(options.work, MODEL_DIR, epochs=options.epochs)
    if "export" in steps:
        export(options.work, MODEL_DIR)
    if "graph" in steps:
        from asr.demo.graph import write_graph

        write_graph(MODEL_DIR)
    if "calls" in steps:
        from asr.demo.calls import write_calls

        write_calls()
    if "score" in steps:
        # A process of its own: kaldifst and vosk each bring an OpenFst, and together in one process they lock up.
        blind(options.work / "blind")
        subprocess.run([sys.executable, "-m", "asr.demo.score", str(options.work / "blind")], check=True)


if __name__ == "__main__":
    main()
