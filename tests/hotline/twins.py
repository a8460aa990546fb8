"""The scripted twin of the suggester: reads a few words, keeps the contract, obeys rulings like the real one."""

import re
from collections.abc import Mapping, Sequence

from catalogue import load
from catalogue.entries import Clause

VERSIONS = {"model": "scripted-1", "catalogue": "scripted", "rules": "scripted"}

# word in the text -> (matter, [(lead, probability)...], kind)
SCRIPT = {
    "路灯": ("030501", [("CGJ", 0.94), ("GDJ", 0.03)], "settled"),
    "冷却塔": ("040201", [("GAJ", 0.46), ("CGJ", 0.33), ("STHJJ", 0.18)], "undesignated"),
    "欠薪": ("080508", [("RSJ", 0.88), ("ZJJ", 0.09)], "settled"),
    "噪音": ("040201", [("ZJJ", 0.41), ("GAJ", 0.35), ("STHJJ", 0.2)], "ask"),
    "看不准": ("040201", [("CGJ", 0.5), ("ZJJ", 0.45)], "review"),
    "着火": ("070404", [("JYTS", 0.99)], "transfer"),
    "法院判决": ("990200", [("FY", 0.9)], "inform"),
    "社保卡": ("080106", [("RSJ", 0.95)], "answer"),
}
FALLBACK = ("030501", [("CGJ", 0.6)], "review")
VERDICT = {"settled": "dispatch", "undesignated": "joint"}


class BrokenError(RuntimeError):
    """What the model of `broken()` dies of."""


class ScriptedSuggester:
    """Deterministic suggestions; `calls` keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict, list[Clause]]] = []

    def suggest(self, call: Mapping, *, overlay: Sequence[Clause] = ()) -> dict:
        """As `hotline.tickets.suggesting.Suggester`."""
        self.calls.append((dict(call), list(overlay)))
        text = call.get("text") or "\n".join(turn["text"] for turn in call["turns"])
        word = next((word for word in SCRIPT if word in text), None)
        matter, leads, kind = SCRIPT.get(word or "", FALLBACK)
        facts = dict(call.get("facts") or {})
        region = call.get("region") or _region(text)
        if kind == "ask" and facts.get("noise_source"):
            kind, leads = "settled", [("ZJJ" if facts["noise_source"] == "construction" else "GAJ", 0.9)]
        clauses = [_clause(matter, leads, kind)]
        read = {"noise_source": "commercial"} if "冷却塔" in text else {}
        reasons = [{"kind": "reading", "text": "来电内容与事项相符", "ref": None}]
        ruled = [c for c in overlay if c.matter == matter and c.region in (None, region) and c.holds(read | facts)]
        if ruled:
            clause = ruled[-1]
            kind, leads = "settled", [(clause.lead, 0.99)]
            clauses = [_from(clause)]
            reasons.append({"kind": "ruling", "text": f"按{clause.basis[0].text}办理", "ref": clause.id})
        answer = _answer(text=text, matter=matter, leads=leads, kind=kind, region=region)
        return {"id": call.get("id"), **answer, "clauses": clauses, "reasons": reasons, "facts": read}


def scripted() -> ScriptedSuggester:
    """Factory for the SUGGESTER setting."""
    return ScriptedSuggester()


class BrokenSuggester:
    """A model that fails on every call."""

    def suggest(self, call: Mapping, *, overlay: Sequence[Clause] = ()) -> dict:
        """Raises."""
        raise BrokenError("out of memory")


def broken() -> BrokenSuggester:
    """Factory for the SUGGESTER setting."""
    return BrokenSuggester()


def _region(text: str) -> str | None:
    return next((code for code, name in load().regions.items() if name in text), None)


def _clause(matter: str, leads: list, kind: str) -> dict:
    status = "undesignated" if kind == "undesignated" else "settled"
    note = "法律规定由地方政府指定的部门处罚，本市尚未指定" if status == "undesignated" else ""
    basis = [{"law": "噪声污染防治法", "article": "第八十一条", "grade": "A"}]
    return {
        "id": f"{matter}-1", "matter": matter, "lead": leads[0][0], "status": status, "basis": basis, "note": note,
        "candidates": [code for code, _ in leads] if status == "undesignated" else [],
    }  # fmt: skip


def _from(clause: Clause) -> dict:
    return {
        "id": clause.id, "matter": clause.matter, "lead": clause.lead, "status": clause.status, "note": clause.note,
        "basis": [{"resolution": item.resolution, "grade": "A"} for item in clause.basis],
    }  # fmt: skip


def _answer(*, text: str, matter: str, leads: list, kind: str, region: str | None) -> dict:
    lists = load()
    question = lists.facts["noise_source"].question
    verdict = VERDICT.get(kind, kind)
    return {
        "verdict": verdict,
        "nature": "投诉",
        "leads": [_lead(code, p, region) for code, p in leads],
        "co": [],
        "set": [code for code, p in leads if p > 0.25],
        "matters": [{"code": matter, "name": lists.matters[matter].name, "probability": 0.83}],
        "region": region,
        "town": None,
        "urgent": verdict == "transfer" or "紧急" in text,
        "question": {"fact": "noise_source", "text": question} if verdict == "ask" else None,
        "form": _form(text),
        "rules": [],
        "versions": VERSIONS,
        "knowledge_query": "社保卡怎么办" if verdict == "answer" else text[:20],
        "missing": ["noise_source"] if verdict == "ask" else [],
        "transfer": {"line": "119", "text": "请立即拨打 119，我现在为您转接"} if verdict == "transfer" else None,
        "inform": {"route": "诉讼", "text": "此事已由法院判决，请依法申请执行"} if verdict == "inform" else None,
    }  # fmt: skip


def _lead(code: str, probability: float, region: str | None) -> dict:
    lists = load()
    unit = lists.unit(code, region)
    name = lists.departments[code].name
    return {"code": code, "name": name, "unit": unit.code if unit else code, "probability": probability}


def _form(text: str) -> dict:
    """Fields with their exact words, as the real reader gives them."""
    form = {
        "title": {"value": text.replace("\n", " ")[:18], "text": None, "start": None, "end": None, "confidence": 0.7},
        "summary": {"value": text.replace("\n", ""), "text": None, "start": None, "end": None, "confidence": 0.9},
    }
    patterns = {
        "phone": (r"1[3-9]\d{9}", 0.98),
        "location": (r"[一-鿿]{2}区[一-鿿]{2,6}?[路街道号]", 0.72),
        "person": (r"我姓([一-鿿])", 0.45),
    }
    for key, (pattern, sure) in patterns.items():
        found = re.search(pattern, text)
        if found:
            form[key] = {
                "value": found[0], "text": found[0], "start": found.start(), "end": found.end(), "confidence": sure,
            }  # fmt: skip
    return form


PHONE = "13812345678"
LAMP_PART = f"端州区天宁北路的路灯坏了三天。联系电话{PHONE}。"
WAGE_PART = f"端州区天宁北路，工地欠薪两个月没发。联系电话{PHONE}。"
BOTH = f"端州区天宁北路的路灯坏了三天。另外，工地欠薪两个月没发，电话{PHONE}"
DIALOGUE = f"""话务员：您好，请问有什么可以帮您？
市民：端州区天宁北路的路灯坏了三天
话务员：请问还有其他问题吗？
市民：另外，工地欠薪两个月没发，电话{PHONE}"""


class PartingSuggester(ScriptedSuggester):
    """The scripted twin that hears a second matter after 另外; a part is one matter."""

    def suggest(self, call: Mapping, *, overlay: Sequence = ()) -> dict:
        """As the twin, with parts."""
        text = call.get("text") or "\n".join(turn["text"] for turn in call["turns"])
        return {**super().suggest(call, overlay=overlay), "parts": _parts(text)}


def _parts(text: str) -> list[dict]:
    cut = text.find("另外，")
    if cut < 0:
        return []
    lamp = {"text": LAMP_PART, "spans": [[0, cut]], "matter": "030501", "lead": "CGJ", "verdict": "dispatch"}
    wage = {"text": WAGE_PART, "spans": [[cut, len(text)]], "matter": "080508", "lead": "RSJ", "verdict": "dispatch"}
    return [{**lamp, "name": "路灯", "title": "路灯坏了"}, {**wage, "name": "欠薪", "title": "工地欠薪"}]
