"""The demonstration model (演示模型): a small Vosk model made from synthetic speech of our own alone.

It exists so that the speech path can be run and tested on every machine. It knows only the demo voices and is no
statement about how well real callers are recognised. `python -m asr.demo.build` remakes all of it.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL_DIR = HERE / "model"
CALLS_DIR = HERE / "calls"
CORPUS_DIR = HERE / "corpus"
SENTENCE = "演示模型只听得懂演示用的合成声音，不能用来识别真人来电。"
