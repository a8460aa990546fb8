"""`hotline pretrain`: from unlabelled texts to the two files of numbers the models rest on, with their card."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import catalogue
from models.corpus import clean, read_texts
from models.encoder import Encoder, EncoderConfig
from models.pretrain import pretrain
from models.vectors import TermVectors

CARD = """# 预训练部分的模型卡

- 内容：`vectors.npz`（字、二字、词典词的向量）与 `encoder/`（字级小型 BERT 的权重）。只有数字与字表，没有任何人的话，也还原不出。
- 训练文本：{name}（sha256 {digest}，{count} 条，{characters} 字）{beside}；数字与链接在读入时已掩去。
- 重新制作：`hotline pretrain {name} --minutes {minutes:g}`，换成本市自己的文本即可。
- 编码器：{config}

Pre-trained part: term vectors (SVD) and a small character BERT, numbers only. Remake it with the command above.
"""


def make(
    corpus: Path,
    *,
    output: Path,
    minutes: float,
    exemplars: bool = False,
    resume: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Read the corpus, make `vectors.npz`, `encoder/` and `PRETRAINED.md` in `output`.

    `resume` is a folder made before: its vectors stay, and its encoder is trained further.
    """
    texts = [text for text in read_texts(corpus) if text]
    report(f"文本 {len(texts)} 条")
    beside = [clean(row.text) for row in catalogue.load().exemplars()] if exemplars else []
    output.mkdir(parents=True, exist_ok=True)
    vectors = TermVectors.load(resume / "vectors.npz") if resume else TermVectors.fit([*texts, *beside])
    vectors.save(output / "vectors.npz")
    report("词向量完成")
    start = Encoder.load(resume / "encoder") if resume else None
    config = EncoderConfig(layers=3, inner=768)
    plan = {"config": config, "epochs": 12, "minutes": minutes, "length": 96, "rate": 7e-4 if start else 1e-3}
    pretrain([*texts, *beside], start=start, report=report, **plan).save(output / "encoder")
    card = CARD.format(
        name=corpus.name,
        digest=hashlib.sha256(corpus.read_bytes()).hexdigest()[:16],
        count=len(texts),
        characters=sum(map(len, texts)),
        beside=f"，以及本仓库的例句 {len(beside)} 条" if beside else "",
        minutes=minutes,
        config=config,
    )
    (output / "PRETRAINED.md").write_text(card, encoding="utf-8")
