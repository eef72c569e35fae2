"""What the pages of scoring need to say."""

from collections.abc import Mapping
from typing import Any

from django import template

from scoring.domain import presets

register = template.Library()
register.filter("as_shipped", presets.shown)


@register.filter
def at_key(values: Mapping[str, Any], key: str) -> Any:
    """The value under a key that only the loop knows; 0 without one."""
    return values.get(key, 0)
