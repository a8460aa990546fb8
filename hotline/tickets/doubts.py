"""The kinds of doubt a dispatcher sees, and their order in the queue."""

# In the order of the queue: what needs a person's judgement most comes first.
DOUBTS = {
    "manual": "模型未能给出建议",
    "list": "清单无归属或有争议",
    "reading": "看不准",
    "fact": "缺事实",
    "none": "有把握",
}
ORDER = {doubt: place for place, doubt in enumerate(DOUBTS)}
_OF_VERDICT = {"joint": "list", "review": "reading", "ask": "fact"}


def doubt_of(verdict: str | None) -> str:
    """The doubt behind a verdict; no verdict at all means that no model has spoken."""
    if verdict is None:
        return "manual"
    return _OF_VERDICT.get(verdict, "none")
