"""Words on screen for the codes in the data."""

from datetime import UTC, datetime

from hotline.clock import CHINA
from hotline.database import now
from hotline.decision.decide import VERDICTS  # noqa: F401  (shown by the templates)

WHO = {"agent": "话务员", "caller": "来电人"}
LINES = {"110": "110 公安", "119": "119 消防", "120": "120 急救", "122": "122 交通事故"}
EVENTS = {
    "received": "来电登记",
    "transcribed": "录音转写",
    "suggested": "系统建议",
    "split": "拆单",
    "model_failed": "模型失败",
    "filed": "话务员提交",
    "dispatched": "派单",
    "changed": "改派",
    "to_meeting": "提请会商",
    "asked_back": "退回追问",
    "ruled": "会议决定",
    "handed_back": "退回派单员",
    "returned": "承办单位退单",
    "state": "状态变更",
}
STATUSES = {"settled": "归属明确", "undesignated": "法律未指定部门", "contested": "归属有争议"}


def local(moment: datetime | None, pattern: str = "%m-%d %H:%M") -> str:
    """An instant in China's time."""
    return moment.astimezone(CHINA).strftime(pattern) if moment else ""


def age(moment: datetime | None) -> str:
    """How long ago, in words."""
    if moment is None:
        return ""
    minutes = int((now() - moment.astimezone(UTC)).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 48 * 60 else f"{minutes // 1440} 天前"


def left(moment: datetime | None) -> str:
    """How long until a deadline, in words."""
    if moment is None:
        return ""
    hours = (moment - now()).total_seconds() / 3600
    if hours < 0:
        return "已超期"
    return f"剩 {hours:.0f} 小时" if hours < 48 else f"剩 {hours / 24:.0f} 天"


def grade(confidence: float | None) -> str:
    """A confidence as the class that tints a field: high, middle, low, none."""
    if confidence is None:
        return "none"
    return "high" if confidence >= 0.8 else "middle" if confidence >= 0.5 else "low"


def percent(probability: float | None) -> int:
    """A probability as whole percent, 0 to 100."""
    return max(0, min(100, round(100 * (probability or 0))))
