"""The report of an evaluation: one self-contained page in Chinese, with tables, pictures and the costliest mistakes.

Nothing is fetched: style and pictures (SVG) are in the page. It holds the words of real tickets and stays where it was made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from catalogue import Catalogue
from hotline.decision import curves
from hotline.decision.decide import VERDICTS
from hotline.decision.evaluation import Evaluation, cause

MOST = 40
NAMES = {
    "lead@1": "主办首选正确",
    "lead@3": "主办前三含正确",
    "set coverage": "集合含正确主办",
    "set size": "集合平均大小",
    "matter@1": "事项首选正确（三级）",
    "matter L2": "事项中类正确",
    "matter L1": "事项大类正确",
    "auto share": "直派比例",
    "auto precision": "直派准确率",
    "doubt recall": "疑难不误派",
    "verdict accuracy": "结论一致",
    "region accuracy": "县区正确",
    "nature accuracy": "性质正确",
    "slot F1 location": "表单：地点",
    "slot F1 time": "表单：时间",
    "slot F1 target": "表单：被反映对象",
    "slot F1 person": "表单：诉求人",
    "slot F1 phone": "表单：联系电话",
    "ECE": "校准误差 ECE（越小越好）",
    "AURC": "风险覆盖面积 AURC（越小越好）",
}
SYSTEMS = {"road": "随附模型", "linear": "线性基线", "against": "对比模型", "oracle matter": "告知正确事项"}


def write_report(evaluation: Evaluation, path: Path) -> None:
    """Write the page."""
    path.write_text(render(evaluation), encoding="utf-8")


def render(evaluation: Evaluation) -> str:
    """The page as text."""
    environment = Environment(
        loader=PackageLoader("hotline.decision"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    sure, right = evaluation.judged.claims()
    golds = [ticket["gold"] for ticket in evaluation.tickets]
    return environment.get_template("report.html").render(
        evaluation=evaluation,
        names=NAMES,
        systems=SYSTEMS,
        bins=curves.reliability(sure, right),
        reliability=reliability_picture(curves.reliability(sure, right)),
        coverage=coverage_picture(sure, right, auto=evaluation.lines.auto),
        sizes=size_picture(curves.set_sizes(evaluation.suggestions)),
        confusion=curves.confusion(golds, evaluation.suggestions),
        short=evaluation.catalogue.short,
        mistakes=mistakes(evaluation)[:MOST],
    )


@dataclass(frozen=True)
class Mistake:
    """A ticket whose first lead is wrong. `cost` is the probability put on it, twice where lives hang on the ticket."""

    id: str
    text: str
    cost: float
    dispatched: bool
    urgent: bool
    cause: str
    gold: Mapping[str, str]
    suggestion: Mapping[str, str]
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]


def mistakes(evaluation: Evaluation) -> list[Mistake]:
    """Wrong first leads, the costliest first: those that went out unseen, then by cost."""
    lists, pairs = evaluation.catalogue, zip(evaluation.tickets, evaluation.suggestions, strict=True)
    found = [_mistake(ticket, out, why, lists) for ticket, out in pairs if (why := cause(ticket["gold"], out, lists))]
    return sorted(found, key=lambda one: (not one.dispatched, -one.cost))


def _mistake(ticket: Mapping[str, Any], out: Mapping[str, Any], why: str, lists: Catalogue) -> Mistake:
    gold, urgent = ticket["gold"], bool(ticket["gold"].get("urgent"))
    cost = (out["leads"][0]["probability"] if out["leads"] else 0.0) * (2 if urgent else 1)
    return Mistake(
        id=str(ticket.get("id", "")),
        text=_words(ticket),
        cost=cost,
        dispatched=out["verdict"] == "dispatch",
        urgent=urgent,
        cause=why,
        gold={
            "主办": "、".join(map(lists.short, gold["lead"])),
            "事项": "；".join(_matter(code, lists) for code in gold.get("matter") or ()),
            "结论": VERDICTS.get(gold.get("verdict"), "未标"),
        },
        suggestion={
            "主办": "；".join(f"{lead['name']} {lead['probability']:.0%}" for lead in out["leads"][:3]),
            "事项": "；".join(f"{m['code']} {m['name']} {m['probability']:.0%}" for m in out["matters"][:3]),
            "结论": VERDICTS[out["verdict"]],
            "集合": "、".join(map(lists.short, out["set"])),
        },
        reasons=tuple(reason["text"] for reason in out["reasons"]),
        clauses=tuple(_clause(clause, lists) for clause in out["clauses"]),
    )


def _words(ticket: Mapping[str, Any]) -> str:
    """The ticket as it was said."""
    who = {"agent": "话务员：", "caller": "来电人："}
    said = [who.get(turn["who"], "") + turn["text"] for turn in ticket.get("turns") or ()]
    return "\n".join(filter(None, [ticket.get("title"), *(said or [ticket.get("text") or ""])]))


def _matter(code: str, lists: Catalogue) -> str:
    return f"{code} {lists.matters[code].name if code in lists.matters else '（清单里没有）'}"


def _clause(clause: Mapping[str, Any], lists: Catalogue) -> str:
    basis = "；".join(item["text"] for item in clause["basis"])
    return f"{clause['id']} 由{lists.short(clause['lead'])}主办" + (f"（{basis}）" if basis else "")


# Pictures. One frame serves all: x and y from 0 to 1, the origin at the lower left.
WIDTH, HEIGHT, EDGE = 440, 300, 44


def _x(value: float) -> float:
    return round(EDGE + value * (WIDTH - EDGE - 12), 1)


def _y(value: float) -> float:
    return round(HEIGHT - EDGE - value * (HEIGHT - EDGE - 26), 1)


def _frame(parts: Iterable[Markup], *, name: str, x: str, y: str, across: Mapping[float, str], up: Mapping[float, str]):
    """An SVG picture with named axes and their marks, position → label; the labels are escaped."""
    marks = [
        Markup('<text x="{}" y="{}" class="across">{}</text>').format(_x(at), _y(0) + 16, label)
        for at, label in across.items()
    ]
    for at, label in up.items():
        line = Markup('<path d="M{} {}H{}" class="grid"/>').format(_x(0), _y(at), _x(1))
        marks.append(line + Markup('<text x="{}" y="{}" class="up">{}</text>').format(_x(0) - 6, _y(at) + 4, label))
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, name)
    titles = Markup('<text x="{}" y="{}" class="across">{}</text><text x="6" y="11" class="name">{}</text>').format(
        _x(0.5), HEIGHT - 8, x, y
    )
    return head + Markup("").join([*marks, *parts]) + titles + Markup("</svg>")


_SHARES = {step / 5: f"{step * 20}%" for step in range(6)}


def reliability_picture(bins: Sequence[curves.Bin]) -> Markup:
    """Share right by bin of probability, with counts; the dashed line is perfect calibration."""
    parts = [_bar(one.low + 0.006, one.high - 0.006, one.right, str(one.count)) for one in bins if one.count]
    ideal = Markup('<path d="M{} {}L{} {}" class="ideal"/>').format(_x(0), _y(0), _x(1), _y(1))
    dots = [
        Markup('<circle cx="{}" cy="{}" r="3" class="dot"/>').format(_x(one.sure), _y(one.right))
        for one in bins
        if one.count
    ]
    return _frame([*parts, ideal, *dots], name="可靠性图", x="主办把握", y="实际正确", across=_SHARES, up=_SHARES)


def coverage_picture(sure, right, *, auto: float) -> Markup:
    """Accuracy of the surest tickets by their share, with the share whose lead reaches the auto line."""
    share, risk = curves.risk_coverage(sure, right)
    points = " ".join(f"{_x(float(at))},{_y(1 - float(wrong))}" for at, wrong in zip(share, risk, strict=True))
    reached = float((sure >= auto).mean()) if len(sure) else 0.0
    line = Markup(
        '<path d="M{0} {1}V{2}" class="auto"/><text x="{3}" y="{4}" class="note">直派线 {5}：{6}</text>'
    ).format(_x(reached), _y(0), _y(1), _x(reached) - 4, _y(0.06), f"{auto:.0%}", f"{reached:.0%} 达到")
    curve = Markup('<polyline points="{}" class="curve"/>').format(points)
    return _frame(
        [curve, line], name="风险覆盖曲线", x="按把握从高到低取多少", y="其中正确", across=_SHARES, up=_SHARES
    )


def size_picture(sizes: Mapping[int, int]) -> Markup:
    """How many tickets have a set of each size."""
    most, steps = max(sizes.values(), default=1) or 1, max(len(sizes), 1)
    parts = [
        _bar((size - 0.85) / steps, (size - 0.15) / steps, 0.94 * count / most, str(count))
        for size, count in sizes.items()
    ]
    across = {(size - 0.5) / steps: str(size) for size in sizes}
    return _frame(parts, name="集合大小", x="集合里有几个单位", y="工单", across=across, up={0: "0"})


def _bar(left: float, right: float, height: float, label: str) -> Markup:
    """A bar with its count above it."""
    box = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="bar"/>').format(
        _x(left), _y(height), round(_x(right) - _x(left), 1), round(_y(0) - _y(height), 1)
    )
    return box + Markup('<text x="{}" y="{}" class="count">{}</text>').format(
        _x((left + right) / 2), _y(height) - 3, escape(label)
    )
