"""Records of a table file, one at a time: CSV (UTF-8 or GBK), Excel, JSON lines. Numbered as a spreadsheet shows them."""

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalogue.errors import InputError

Complain = Callable[[int, str, str], None]
Record = tuple[int, Mapping[str, Any]]
# A text column may hold a long letter.
csv.field_size_limit(10_000_000)


def records(source: BinaryIO, name: str, complain: Complain) -> Iterator[Record]:
    """(row, cells by heading) of an opened file, by the ending of its name; `complain(row, "", text)` for a broken row."""
    reader = {"csv": _csv, "xlsx": _sheet, "jsonl": _lines}.get(name.rsplit(".", 1)[-1].lower())
    if reader is None:
        raise InputError("history.format", f"{name} 应是 .csv、.xlsx 或 .jsonl 文件")
    yield from reader(source, name, complain)


def _lines(source: BinaryIO, name: str, complain: Complain) -> Iterator[Record]:
    for row, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line.decode("utf-8-sig"))
        except ValueError:
            complain(row, "", "不是合法的 JSON（UTF-8 编码，一行一个对象）")
            continue
        if isinstance(cells, dict):
            yield row, cells
        else:
            complain(row, "", "应是一个 JSON 对象")


def _csv(source: BinaryIO, name: str, complain: Complain) -> Iterator[Record]:
    encoding = _encoding(source)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    row = 1
    try:
        first = text.readline()
        delimiter = max(",\t;", key=first.count)
        headings = next(csv.reader([first], delimiter=delimiter), [])
        for row, cells in enumerate(csv.reader(text, delimiter=delimiter), start=2):
            if any(cells):
                yield from _fitted(row, headings, cells, complain)
    except UnicodeDecodeError:
        raise InputError("history.encoding", f"{name} 第 {row} 行之后有不是 {encoding} 编码的内容") from None
    except csv.Error as error:
        raise InputError("history.csv", f"{name} 第 {row} 行之后读不下去：{error}") from None
    finally:
        # The caller opened the file and closes it.
        text.detach()


def _encoding(source: BinaryIO, sample: int = 1 << 20) -> str:
    """UTF-8 if the beginning is, else what Chinese Excel writes; a character cut at the end of the sample is no fault."""
    start = source.read(sample)
    source.seek(0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"


def _fitted(row: int, headings: Sequence[Any], cells: Sequence[Any], complain: Complain) -> Iterator[Record]:
    if len(cells) > len(headings):
        complain(row, "", f"应有 {len(headings)} 列，实有 {len(cells)} 列")
        return
    padded = [*cells, *[None] * (len(headings) - len(cells))]
    yield row, {str(heading): cell for heading, cell in zip(headings, padded, strict=True) if heading is not None}


def _sheet(source: BinaryIO, name: str, complain: Complain) -> Iterator[Record]:
    """The first sheet, streamed; a formula counts as the value that Excel stored with it."""
    if source.read(4) == b"\xd0\xcf\x11\xe0":
        raise InputError("sheet.old", f"{name} 是旧版 .xls 或加了密码的文件，请在 Excel 中另存为不加密的 .xlsx")
    source.seek(0)
    try:
        book = load_workbook(source, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError("sheet.broken", f"{name} 打不开，文件可能已损坏：{error}") from None
    sheet = book.worksheets[0]
    # Some programs write a wrong size into the file; without it every row is read.
    sheet.reset_dimensions()
    headings: Sequence[Any] = ()
    for row, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if not any(cell not in (None, "") for cell in cells):
            continue
        if headings:
            # A sheet's empty cells behind the last heading are formatting, not data.
            width = max((at for at, cell in enumerate(cells, start=1) if cell is not None), default=0)
            yield from _fitted(row, headings, cells[: max(width, len(headings))], complain)
        else:
            headings = cells
