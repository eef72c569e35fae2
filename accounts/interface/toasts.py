"""What was done, said once on the next page: with or without a way back."""

from django.contrib import messages
from django.http import HttpRequest

_UNDO, _WORD = "undo:", "word:"


def say(request: HttpRequest, text: str, *, undo_url: str = "", word_url: str = "") -> None:
    """A toast; with `undo_url` it offers 元に戻す, a POST to that address, with `word_url` ひとこと, a link."""
    tags = f"{_UNDO}{undo_url}" if undo_url else f"{_WORD}{word_url}" if word_url else ""
    messages.success(request, text, extra_tags=tags)


def warn(request: HttpRequest, text: str) -> None:
    """A toast about what did not work; it stays until it is closed."""
    messages.error(request, text)


def undo_url(extra_tags: str) -> str:
    """The address that takes a message's deed back, if it has one."""
    return extra_tags.removeprefix(_UNDO) if extra_tags.startswith(_UNDO) else ""


def word_url(extra_tags: str) -> str:
    """Where a word can be added to what a message says, if anywhere."""
    return extra_tags.removeprefix(_WORD) if extra_tags.startswith(_WORD) else ""
