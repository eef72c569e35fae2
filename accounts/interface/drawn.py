"""Components that show nothing but their values, in the reader's language, are drawn once and remembered.

A list draws the same stages, bands and owners row by row; rendering a template is the larger part of a page's time.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import get_language

MOST = 8192  # drawings of a few hundred bytes
Tag = Callable[..., dict[str, Hashable]]
Drawn = Callable[..., SafeString]


def drawn_once(register: Library) -> Callable[[Tag], Drawn]:
    """Registers a tag of `components/<its name>.html` and gives it to code; the values it returns must say all that is
    drawn, by value: a row of the database is none, it would be remembered under its key with its old name."""

    def decorate(function: Tag) -> Drawn:
        template = f"components/{function.__name__}.html"

        def draw(_language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
            return render_to_string(template, dict(values))

        remembered = lru_cache(MOST)(draw)

        @wraps(function)
        def tag(*args: Any, **kwargs: Any) -> SafeString:
            values = tuple(function(*args, **kwargs).items())
            # Markup equals the same text that is none: remembered, one would come out as the other.
            has_markup = any(isinstance(value, SafeData) for _name, value in values)
            # Who works on a template wants to see it change.
            return (draw if has_markup or settings.DEBUG else remembered)(get_language(), values)

        register.simple_tag(tag, name=function.__name__)
        return tag

    return decorate
