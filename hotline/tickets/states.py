"""The life of a ticket: states, and the one table of moves that are allowed."""

STATES = {
    "draft": "草稿",
    "manual": "待人工",
    "asking": "追问中",
    "pending": "待派",
    "joint": "待会商",
    "dispatched": "已派",
    "answered": "直接答复",
    "informed": "不受理",
    "transferred": "转紧急",
}

CHANNELS = {"text": "文字录入", "audio": "录音上传", "api": "接口", "shell": "命令行"}

_FILED = ("pending", "asking", "answered", "informed", "transferred")

MOVES: dict[str, tuple[str, ...]] = {
    # The operator: a call is a draft from its first byte; a model that fails makes it manual.
    "draft": (*_FILED, "manual"),
    "manual": (*_FILED, "draft"),
    "asking": (*_FILED, "manual"),
    # The dispatcher.
    "pending": ("dispatched", "joint", "asking", "answered", "informed", "transferred"),
    # The joint meeting: decided, or handed back to the dispatcher.
    "joint": ("dispatched", "pending"),
    # A unit hands it back: the dispatcher looks again.
    "dispatched": ("pending",),
    # Ends.
    "answered": (),
    "informed": (),
    "transferred": (),
}

# Where a filed ticket goes for each verdict, when the operator does not say otherwise.
OUTCOME = {
    "dispatch": "pending",
    "review": "pending",
    "joint": "pending",
    "ask": "asking",
    "answer": "answered",
    "inform": "informed",
    "transfer": "transferred",
}
