"""The appointment that an activity tells: `metadata.appointment_at`, written by the form of a contact and by the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accounts.domain.years import LAST_YEAR


def told(metadata: Mapping[str, Any], *, made_at: datetime) -> datetime | None:
    """Its time, where it is a moment with its offset, after the one at which it was made, and one that can be kept."""
    try:
        moment = datetime.fromisoformat(str(metadata.get("appointment_at")))
    except ValueError:
        return None
    is_fit = moment.tzinfo is not None and made_at < moment and moment.year <= LAST_YEAR
    # PostgreSQL takes no offset of sixteen hours or more, and none with a part of a second.
    return moment.astimezone(UTC) if is_fit else None
