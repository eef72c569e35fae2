"""The appointment that an activity tells: `metadata.appointment_at`, written by the form of a contact and by the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accounts.domain.years import LAST_YEAR


def fault(moment: datetime, *, made_at: datetime) -> str:
    """What keeps this moment from being an appointment: `before_contact` where it isn't after the one at which it was
    made, `far` where it is beyond the years that are kept; nothing otherwise."""
    if moment <= made_at:
        return "before_contact"
    return "far" if moment.year > LAST_YEAR else ""


def told(metadata: Mapping[str, Any], *, made_at: datetime) -> datetime | None:
    """Its time, where it is a moment with its offset, and one without fault."""
    try:
        moment = datetime.fromisoformat(str(metadata.get("appointment_at")))
    except ValueError:
        return None
    if moment.tzinfo is None or fault(moment, made_at=made_at):
        return None
    # PostgreSQL takes no offset of sixteen hours or more, and none with a part of a second.
    return moment.astimezone(UTC)
