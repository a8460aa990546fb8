"""Small histories of closed tickets in each file format, and a reader that goes by words."""

import csv
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl

import catalogue
from models.history import Survey, survey

HEADINGS = ("标题", "诉求内容", "最终承办", "受理时间", "退单次数", "退单单位")
# what the caller says -> standard matter and lead by the list; {} is a street
STORIES = {
    "{}路灯不亮，晚上一片漆黑": ("030501", "CGJ"),
    "{}工厂往河里排污水，河水发黑发臭": ("040301", "STHJJ"),
    "{}饭店老板拖欠服务员工资": ("080508", "RSJ"),
    "{}邻居养的狗整晚叫，吵得睡不着": ("040201", "GAJ"),
}
# What callers add; two tickets that share a story and all of these would be near copies.
ASIDES = (
    "打了三次电话都没有人理", "家里有高考的孩子", "去年也反映过一次", "老人家心脏不好", "楼下保安说不归他管", "拍了照片可以提供",
    "已经拖了大半年", "村里的人都知道", "希望给一个明确的答复", "白天上班没空跑", "我是外地来租房的", "微信群里都在骂",
    "对面就是幼儿园", "下雨天更加严重", "门口开超市的也可以作证", "不要再踢皮球了",
)  # fmt: skip
STREETS = [f"{name}{kind}" for name in ("星湖", "康乐", "和平", "信安", "西江", "宝月") for kind in ("路", "街", "巷")]


def row(text: str, lead: str, time: object = "2026-03-05", *, returns: object = "", refused: str = "") -> tuple:
    """One row under HEADINGS."""
    return ("", text, lead, time, returns, refused)


def city_rows(count: int = 240, *, days: int = 180) -> list[tuple]:
    """A city whose habit differs from the list: barking dogs are the urban management's, after the police hand them back."""
    lists, rng, out = catalogue.load(), random.Random(0), []
    for number in range(count):
        story = list(STORIES)[number % len(STORIES)]
        dog = "狗" in story
        lead = "城管局" if dog else lists.short(STORIES[story][1])
        time = datetime(2026, 1, 1, 9) + timedelta(days=days * number / count)
        text = "，".join(rng.sample([story.format(rng.choice(STREETS)), *rng.sample(ASIDES, 4)], 5))
        out.append(row(text, lead, f"{time:%Y/%m/%d %H:%M}", returns=int(dog), refused="公安局" if dog else ""))
    return out


def write(path: Path, rows: list[tuple], headings: tuple = HEADINGS) -> Path:
    """The rows as a file of the format its name ends in."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in (headings, *rows):
            book.active.append(line)
        book.save(path)
    elif path.suffix == ".jsonl":
        lines = [json.dumps(dict(zip(headings, line, strict=True)), ensure_ascii=False, default=str) for line in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as sink:
            csv.writer(sink).writerows((headings, *rows))
    return path


def surveyed(path: Path) -> Survey:
    """The survey of a file under the shipped lists."""
    with path.open("rb") as source:
        return survey(path, catalogue.load(), source)


class WordReader:
    """The twin of the shipped reader: sure of the clause whose story the text tells; counts the texts that it reads."""

    version = "words-1"

    def __init__(self) -> None:
        self.catalogue = catalogue.load()
        self.clauses = [self._clause(*story) for story in STORIES.values()]
        self.read = 0

    def _clause(self, matter: str, lead: str):
        return next(clause for clause in self.catalogue.cases(matter) if clause.lead == lead)

    def probabilities(self, texts):
        """As `models.reader.Reader.probabilities`: (texts, four clauses)."""
        self.read += len(texts)
        telling = [story.split("，")[0][-4:] for story in STORIES]
        rows = [[1.0 if word in text else 0.01 for word in telling] for text in texts]
        cells = np.array(rows, dtype=np.float32)
        return {"cells": cells / cells.sum(axis=1, keepdims=True)}
