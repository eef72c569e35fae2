"""How answers are written: every moment in UTC, whichever zone it was reckoned in."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder


class UTCEncoder(JSONEncoder):
    """`2026-11-20T04:15:00Z`: one form for one moment, so that clients can compare texts."""

    def default(self, obj: Any) -> Any:
        if isinstance(obj, datetime) and obj.tzinfo is not None:
            obj = obj.astimezone(UTC)
        return super().default(obj)


class JSONRenderer(renderers.JSONRenderer):
    encoder_class = UTCEncoder
