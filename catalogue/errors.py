"""The one error type that reaches a person: a stable code for machines, a Chinese sentence for people."""


class HotlineError(Exception):
    """An error whose message says what is wrong and where, in the user's language.

    `code` is a short stable word (`audio.truncated`), `message` a Chinese sentence, `status` the HTTP status it becomes.
    """

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class InputError(HotlineError):
    """What was given cannot be used; nothing was stored or changed."""
