"""Reads JSON strictly: what a database could not store is refused with its place."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.parsers import MultiPartParser as AnyMultiPartParser

from journal.errors import DomainError

MOST_DEPTH = 64
MOST_BYTES = 10 * 1024 * 1024
# A bulk call of 1,000 leads or 5,000 activities with every field stays far below. Small values cost many times
# their bytes once they are read: ten megabytes of them would take a process half a gigabyte.
MOST_VALUES = 400_000
MOST_COMMAS = 1_000_000


class BodyTooLarge(DomainError):
    """More than one request may bring."""

    code = "too_large"
    status = 413
    message = gettext_lazy("The body is larger than 10 MiB. Send it in several requests.")


class TooManyValues(DomainError):
    """Few bytes, but more values than any request needs."""

    code = "too_large"
    status = 413
    message = gettext_lazy("The JSON holds too many values. Send it in several requests.")


class MultiPartParser(AnyMultiPartParser):
    """A form with a file; one that can't be read is refused in the reader's language."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError(_("The form can't be read. Send it as multipart/form-data with a boundary.")) from error


class StrictJSONParser(JSONParser):
    """Refuses over-long and over-deep bodies, NUL and lone surrogates, NaN and Infinity."""

    strict = True

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise BodyTooLarge
        # Before anything is made of it; texts hold far fewer commas than that.
        if raw.count(b",") > MOST_COMMAS:
            raise TooManyValues
        try:
            document = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8 (at byte %(at)d).") % {"at": error.start}) from error
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(_("The body is not valid JSON (line %(line)d, column %(column)d).") % place) from error
        except ValueError as error:
            raise ParseError(_("The body holds a number that JSON does not have or that is too long.")) from error
        check_storable(document)
        return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def check_storable(document: Any) -> None:
    """Raises ParseError naming the place of a text no database can store, or of nesting over 64 levels.

    Raises TooManyValues beyond what any request needs.
    """
    todo = [(document, "", 0)]
    seen = 1
    while todo:
        value, path, depth = todo.pop()
        seen += len(value) if isinstance(value, dict | list) else 0
        if seen > MOST_VALUES:
            raise TooManyValues
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
