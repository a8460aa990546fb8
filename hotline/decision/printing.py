"""A suggestion as a form that a person reads in a terminal."""

from collections.abc import Mapping
from typing import Any

from hotline.decision.decide import VERDICTS

LABELS = {
    "title": "诉求标题", "summary": "诉求内容", "demand": "诉求目的", "location": "地点", "event_time": "时间",
    "target": "被反映对象", "person": "诉求人", "phone": "联系电话", "confidential": "要求保密", "callback": "是否回访",
}  # fmt: skip


def readable_suggestion(suggestion: Mapping[str, Any]) -> str:
    """Verdict, form, leads, reasons and question, a line each."""
    verdict = VERDICTS.get(suggestion["verdict"], suggestion["verdict"])
    out = [
        f"【{verdict}】 性质：{suggestion['nature']}  区域：{suggestion['region'] or '未定'} {suggestion['town'] or ''}"
    ]
    for name, label in LABELS.items():
        field = suggestion["form"].get(name)
        if field:
            proof = f"  ←「{_short(field['text'])}」" if field["text"] and field["text"] != field["value"] else ""
            out.append(f"  {label}：{_short(field['value'], 120)}{proof}")
    matters = "；".join(f"{m['code']} {m['name']} {m['probability']:.0%}" for m in suggestion["matters"][:3])
    out.append(f"  事项：{matters}")
    leads = "；".join(f"{lead['unit']} {lead['probability']:.0%}" for lead in suggestion["leads"][:3])
    out.append(f"  主办：{leads}" + (f"  协办：{'、'.join(suggestion['co'])}" if suggestion["co"] else ""))
    out += [
        f"  理由：{reason['text']}" + (f"（{reason['ref']}）" if reason["ref"] else "")
        for reason in suggestion["reasons"]
    ]
    if suggestion["question"]:
        out.append(f"  追问：{suggestion['question']['text']}")
    for key in ("transfer", "inform"):
        if suggestion.get(key):
            out.append(f"  告知：{suggestion[key]['text']}")
    return "\n".join(out) + "\n"


def _short(text: str, length: int = 40) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= length else text[:length] + "…"
