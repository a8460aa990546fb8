"""Sentences of our own that the demonstration model is trained on, and the words they are cut into.

Sources: the lists in `corpus/`, the exemplars of `catalogue/`, the scripts of the sample calls. Numbers are written
as they are spoken. The sentences of `corpus/heldout.txt` never enter training or the language model.
"""

import csv
import random
import re
import zlib
from collections.abc import Iterator
from functools import cache

import rjieba
import yaml

from asr.demo import CALLS_DIR, CORPUS_DIR, HERE

EXEMPLARS = HERE.parents[1] / "catalogue" / "exemplars"
DIGITS = "零一二三四五六七八九"
PHONE_DIGITS = "零幺二三四五六七八九"
SURNAMES = "陈李黄梁张林刘吴王何郑谢罗梁冯邓莫苏谭曾伍欧植孔"
EMERGENCY = {"110": "幺幺零", "119": "幺幺九", "120": "幺二零", "122": "幺二二", "12315": "幺二三幺五"}


@cache
def lines(name: str) -> tuple[str, ...]:
    """The non-empty lines of a corpus file."""
    text = (CORPUS_DIR / f"{name}.txt").read_text(encoding="utf-8") if (CORPUS_DIR / f"{name}.txt").exists() else ""
    return tuple(line for line in text.splitlines() if line.strip())


def scripts() -> list[dict]:
    """The scripts of the sample calls."""
    return yaml.safe_load((CALLS_DIR / "scripts.yaml").read_text(encoding="utf-8"))


def speak_integer(number: int) -> str:
    """Chinese words of 0..99999999 as people say them (12 -> 十二, 205 -> 二百零五)."""
    if number < 10:
        return DIGITS[number]
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            head, rest = divmod(number, unit)
            lead = "" if unit == 10 and head == 1 else speak_integer(head)
            gap = "零" if rest and rest * 10 < unit else ""
            return lead + name + (gap + speak_integer(rest) if rest else "")
    raise ValueError(number)


def speak_digits(digits: str, *, table: str = DIGITS) -> str:
    """Digits read one by one."""
    return "".join(table[int(digit)] for digit in digits)


def speak_figure(figure: str) -> str:
    """A run of digits in a text as it is spoken: short numbers as numbers, years and long ones digit by digit."""
    if figure == "12345":
        return "一二三四五"
    if figure in EMERGENCY:
        return EMERGENCY[figure]
    if len(figure) > 5 or figure.startswith("0"):
        return speak_digits(figure, table=PHONE_DIGITS)
    if len(figure) == 4 and figure.startswith(("19", "20")):
        return speak_digits(figure)
    return speak_integer(int(figure))


def spoken(text: str) -> str:
    """A written text as a voice would read it: figures in words, other scripts dropped, pauses kept."""
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"百分之\1", text)
    text = re.sub(r"(\d+)\.(\d+)", lambda m: f"{speak_figure(m[1])}点{speak_digits(m[2])}", text)
    text = re.sub(r"\d+", lambda m: speak_figure(m[0]), text)
    return re.sub(r"[^一-鿿，。？！；：、]", "", text)


def words(text: str) -> list[str]:
    """A spoken text cut into words, punctuation left out."""
    return [word for word in rjieba.cut(text, False) if re.fullmatch(r"[一-鿿]+", word)]


def characters(text: str) -> str:
    """The Chinese characters of a text."""
    return re.sub(r"[^一-鿿]", "", text)


def _exemplar_rows() -> Iterator[str]:
    for path in sorted(EXEMPLARS.glob("[0-9][0-9].tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row.get("text") or ""


def _clauses(text: str) -> list[str]:
    return [part for part in re.split(r"[。？！；]", spoken(text)) if len(part) >= 4]


def _set_aside(text: str) -> bool:
    """One exemplar in 40, chosen by its own text, is never trained on: the held-out sentences come from there."""
    return zlib.crc32(text.encode()) % 40 == 0


def exemplars() -> list[str]:
    """Spoken clauses of the exemplars as they are at the time of the build, each short enough to be a breath or two."""
    return [clause for text in _exemplar_rows() if not _set_aside(text) for clause in _clauses(text)]


def pick_held_out(count: int, *, seed: int = 5) -> list[str]:
    """Up to `count` clauses of 8 to 30 characters from the exemplars that are set aside."""
    pool = [c for text in _exemplar_rows() if _set_aside(text) for c in _clauses(text) if 8 <= len(characters(c)) <= 30]
    return sorted(random.Random(seed).sample(pool, min(count, len(pool))))


def _phone(rng: random.Random) -> str:
    number = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    cut = rng.choice([(3, 7), (3, 6), (11, 11)])
    parts = [number[: cut[0]], number[cut[0] : cut[1]], number[cut[1] :]]
    return "，".join(speak_digits(part, table=PHONE_DIGITS) for part in parts if part)


def _about_caller(rng: random.Random) -> str:
    surname = rng.choice(SURNAMES)
    return rng.choice(
        [
            f"我姓{surname}，电话是{_phone(rng)}",
            f"我姓{surname}，电话{_phone(rng)}",
            f"我的电话是{_phone(rng)}",
            f"免贵姓{surname}，我的手机号码是{_phone(rng)}",
            f"{surname}先生，您的联系电话是{_phone(rng)}，对吗",
            f"好的，{surname}{rng.choice(['女士', '先生'])}，已经帮您登记",
            f"我叫{surname}{rng.choice('小大阿志国建秀')}{rng.choice('明华强英芳伟红军')}",
            "就打这个电话就可以了",
        ]
    )


def _address(rng: random.Random) -> str:
    region, town = rng.choice(lines("places")).split("\t")
    number = speak_integer(rng.randrange(1, 300))
    room = speak_digits(f"{rng.randrange(1, 30)}0{rng.randrange(1, 9)}")
    return rng.choice(
        [
            f"在{region}{town}",
            f"{region}{town}{rng.choice(lines('spots'))}",
            f"在{region}{rng.choice(lines('spots'))}",
            f"我住在{region}{town}{rng.choice(lines('spots'))}",
            f"在{region}{town}，{rng.choice(lines('spots'))}{number}号",
            f"{rng.choice(lines('spots'))}{number}号{speak_integer(rng.randrange(1, 20))}栋{room}",
            f"在{town}，{rng.choice(lines('spots'))}那一段",
        ]
    )


def _figures(rng: random.Random) -> str:
    amount = speak_integer(rng.choice([1, 10, 100, 1000, 10_000]) * rng.randrange(1, 100))
    month, day = speak_integer(rng.randrange(1, 13)), speak_integer(rng.randrange(1, 31))
    hour, part = speak_integer(rng.randrange(1, 12)), rng.choice(["早上", "上午", "下午", "晚上"])
    several = speak_integer(rng.randrange(2, 80))
    return rng.choice(
        [
            f"一共{amount}块钱",
            f"每个月{amount}元",
            f"欠了{amount}块左右",
            f"涨了百分之{several}",
            f"{month}月{day}号",
            f"二零二{rng.choice(DIGITS[3:7])}年{month}月{day}日",
            f"{part}{hour}点{rng.choice(['', '半', '钟', '多'])}",
            f"一共有{several}个人",
            f"已经{several}{rng.choice(['天', '个月', '年'])}了",
        ]
    )


def hotline_sentence(rng: random.Random) -> str:
    """One invented sentence of a hotline call, with commas where a speaker would pause."""
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(lines("agent"))
    if kind < 0.25:
        return _about_caller(rng)
    if kind < 0.35:
        return _address(rng)
    if kind < 0.42:
        return _figures(rng)
    parts = [rng.choice(lines(name)) for name, chance in (("openings", 0.3), ("times", 0.4)) if rng.random() < chance]
    parts.append(_address(rng) if rng.random() < 0.3 else rng.choice(lines("spots")))
    if rng.random() < 0.6:
        parts[-1] += rng.choice(lines("problems"))
    else:
        parts.append(rng.choice(lines("problems")))
    if rng.random() < 0.5:
        parts.append(rng.choice(lines("demands")))
    return "，".join(parts)


def hotline_sentences(count: int, *, seed: int) -> Iterator[str]:
    """`count` invented sentences, the same for the same seed and corpus."""
    rng = random.Random(seed)
    for _ in range(count):
        yield hotline_sentence(rng)


def not_held_out(sentences: list[str]) -> list[str]:
    """The sentences that do not contain, and are not contained in, a held-out one."""
    held = [characters(line) for line in lines("heldout")]
    joined = "\n".join(held)
    kept = ((sentence, characters(sentence)) for sentence in sentences)
    return [s for s, c in kept if not (len(c) >= 6 and c in joined) and not any(h in c for h in held)]
