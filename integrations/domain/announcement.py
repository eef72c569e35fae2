"""What is to be told: to whom, about what, under which key."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Announcement:
    """`key` makes it one notice per person. `mail_from` is the earliest moment for its mail (null: at once); without `may_mail` none is owed.

    `data` holds no personal values: names are read when the text is made.
    """

    kind: str
    key: str
    user_ids: frozenset[int]
    lead_id: int | None = None
    handoff_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    mail_from: datetime | None = None
    may_mail: bool = True
