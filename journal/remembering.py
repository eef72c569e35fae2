"""What one piece of work reads again and again is asked of the database once, and forgotten when it ends."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("remembered_answers", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block every `remembered` read is asked once.

    For a stretch of one transaction that writes nothing of what those reads look at; nothing outlives the block,
    so no answer is older than the transaction. A block within a block shares what the outer one knows.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("only within a transaction is an answer the same twice")
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def remembered(read: Callable[P, R]) -> Callable[P, R]:
    """A read that a block of `remembering` asks once for the same arguments; elsewhere it is asked each time.

    Its arguments are plain values, its answer is never changed by who gets it.
    """

    @functools.wraps(read)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _answers.get()
        if known is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = read(*args, **kwargs)
        return known[key]

    return ask
