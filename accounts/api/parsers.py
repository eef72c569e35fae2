"""Reads JSON strictly: what a database could not store is refused with its place."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from journal.errors import DomainError

MOST_DEPTH = 64
MOST_BYTES = 10 * 1024 * 1024


class BodyTooLarge(DomainError):
    """More than one request may bring."""

    code = "too_large"
    status = 413
    message = gettext_lazy("The body is larger than 10 MiB. Send it in several requests.")


class StrictJSONParser(JSONParser):
    """Refuses over-long and over-deep bodies, NUL and lone surrogates, NaN and Infinity."""

    strict = True

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise BodyTooLarge
        try:
            document = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8 (at byte %(at)d).") % {"at": error.start}) from error
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON: %(why)s") % {"why": error}) from error
        check_storable(document)
        return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def check_storable(document: Any) -> None:
    """Raises ParseError naming the place of a text no database can store, or of nesting over 64 levels."""
    todo = [(document, "", 0)]
    while todo:
        value, path, depth = todo.pop()
        if depth > MOST_DEPTH:
            raise ParseError(_("The JSON is nested too deeply."))
        if isinstance(value, str):
            _check_text(value, path)
        elif isinstance(value, dict):
            for key, item in value.items():
                _check_text(key, path)
                todo.append((item, f"{path}.{key}".lstrip("."), depth + 1))
        elif isinstance(value, list):
            todo.extend((item, f"{path}[{number}]", depth + 1) for number, item in enumerate(value))


def _check_text(value: str, path: str) -> None:
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ParseError(_("The text at %(path)s holds a character that cannot be stored.") % {"path": path or "."})
