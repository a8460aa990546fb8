"""A wheel built from the repository holds all its data and works away from it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = [
    "catalogue/matters.csv", "catalogue/matters/03.csv", "catalogue/town_duties.csv", "catalogue/facts.yaml", "catalogue/duties/04.yaml", "catalogue/exemplars/04.tsv",
    "routing_rules/rules.yaml", "routing_rules/deadlines.yaml", "models/weights/model.json", "models/weights/linear.npz",
    "models/weights/network/encoder.safetensors", "models/pretrained/vectors.npz", "models/calibration/tickets.jsonl",
    "asr/demo/model/am/final.mdl", "asr/demo/model/graph/HCLG.fst", "asr/demo/calls/scripts.yaml",
    "hotline/answers/articles/huji.yaml", "hotline/migrations/script.py.mako",
]  # fmt: skip


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built and unpacked in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
@pytest.mark.parametrize("name", NEEDED)
def test_wheel_holds_its_data(unpacked, name):
    assert (unpacked / name).is_file()


@pytest.mark.slow
def test_wheel_works_outside_the_repository(unpacked, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "HOTLINE_HOME": str(tmp_path)}
    program = "import hotline, sys; from hotline.cli import main; print(hotline.__file__, file=sys.stderr); main()"
    command = [sys.executable, "-c", program, "suggest", "--readable", "--text", "端州区黄岗街道康乐北路路灯全部不亮"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert str(unpacked) in done.stderr
    assert "【直派】" in done.stdout
