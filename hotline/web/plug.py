"""Things outside that an app loads once, when first needed: the suggester, the recogniser."""

from collections.abc import Callable
from importlib import import_module
from threading import Lock

from flask import Flask, current_app

SUGGESTER = "hotline.suggester"
RECOGNISER = "hotline.recogniser"


class Lazy:
    """Calls its factory on the first `get` and keeps the result; a factory that fails is tried again next time."""

    def __init__(self, factory: str | Callable) -> None:
        self._factory = factory
        self._lock = Lock()
        self._value: object = None

    def get(self) -> object:
        """The loaded thing."""
        with self._lock:
            if self._value is None:
                self._value = _resolve(self._factory)()
            return self._value


def _resolve(factory: str | Callable) -> Callable:
    """A callable as it is; "module:function" imported."""
    if callable(factory):
        return factory
    module, _, name = factory.partition(":")
    return getattr(import_module(module), name)


class LazySuggester:
    """A Suggester whose model loads with the first call, so that a model that can't load is a model that failed."""

    def __init__(self, lazy: Lazy) -> None:
        self._lazy = lazy

    def suggest(self, call, *, overlay=()) -> dict:
        """See `hotline.tickets.suggesting.Suggester`."""
        return self._lazy.get().suggest(call, overlay=overlay)


def init_app(app: Flask) -> None:
    """Prepare both; nothing is loaded yet."""
    app.extensions[SUGGESTER] = LazySuggester(Lazy(app.config["SUGGESTER"]))
    app.extensions[RECOGNISER] = Lazy(app.config["RECOGNISER"])


def suggester() -> LazySuggester:
    """The suggester of the current app."""
    return current_app.extensions[SUGGESTER]


def recogniser() -> object:
    """The recogniser of the current app; raises HotlineError when there is no model."""
    return current_app.extensions[RECOGNISER].get()
