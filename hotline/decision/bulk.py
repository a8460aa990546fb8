"""The bulk job: many calls through the road; a bad line is reported with its number, the rest is done."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TextIO

from catalogue.errors import HotlineError
from hotline.decision.suggester import Road, call_time, read_call

BATCH = 32


def suggest_lines(
    road: Road,
    lines: Iterable[bytes | Mapping[str, Any]],
    sink: TextIO,
    *,
    render: Callable[[Mapping[str, Any]], str] | None = None,
    progress: bool = False,
) -> list[str]:
    """Write a suggestion for every good line in order; returns the faults, each with its line number, in Chinese."""
    faults: list[str] = []
    batch: list[Mapping[str, Any]] = []
    for number, call in _calls(_watched(lines) if progress else lines, faults):
        try:
            road_check(call)
        except HotlineError as error:
            faults.append(f"第 {number} 行：{error.message}")
            continue
        batch.append(call)
        if len(batch) == BATCH:
            _flush(road, batch, sink, render)
    _flush(road, batch, sink, render)
    sink.flush()
    return faults


def road_check(call: Mapping[str, Any]) -> None:
    """Refuse a call that cannot be read, before it joins a batch."""
    read_call(call)
    call_time(call)


def _calls(lines: Iterable[bytes | Mapping[str, Any]], faults: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if isinstance(line, Mapping):
            yield number, line
            continue
        if not line.strip():
            continue
        try:
            call = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            faults.append(f"第 {number} 行：不是 UTF-8 编码")
        except json.JSONDecodeError as error:
            faults.append(f"第 {number} 行：不是合法的 JSON（第 {error.colno} 列 {error.msg}）")
        else:
            if isinstance(call, dict):
                yield number, call
            else:
                faults.append(f"第 {number} 行：应是一个 JSON 对象")


def _flush(road: Road, batch: list, sink: TextIO, render) -> None:
    for suggestion in road.suggest_all(batch) if batch else ():
        sink.write((render(suggestion) if render else json.dumps(suggestion, ensure_ascii=False)) + "\n")
    batch.clear()


def _watched(lines):
    from rich.progress import track

    return track(lines, description="建议", transient=True)
