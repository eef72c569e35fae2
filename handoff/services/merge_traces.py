"""What a merge changed of handoff's own rows, as plain values, and how that is put back exactly."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q

from handoff.domain.choices import ClockState
from handoff.models import Alert, Batch, BatchLead, Clock, Episode, Handoff, JoinedLead, NurtureRun, Pause, StageEntry
from handoff.services import duties
from leads.models import Lead

Rows = dict[str, dict[str, dict[str, Any]]]
# In the order in which they are put back.
_MODELS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "episode": (Episode, ("lead_id", "attempt", "withdrawn_at", "outcome")),
    "handoff": (
        Handoff,
        (
            "lead_id",
            "state",
            "closed_at",
            "assigned_to_id",
            "team_id",
            "assigned_at",
            "answer_due_at",
            "contact_due_at",
            "feedback_due_at",
            "first_contact_at",
            "addenda",
            "version",
        ),
    ),
    "clock": (Clock, ("state", "calendar_id", "due_at", "events", "next_event_at", "ended_at")),
    "pause": (Pause, ("ended_at", "ended_by_id")),
    "batch": (Batch, ("closed_at",)),
    "batch_lead": (BatchLead, ("batch_id", "at")),
    "joined": (JoinedLead, ("handoff_id", "at")),
    "entry": (
        StageEntry,
        ("lead_id", "stage", "at", "channel_id", "campaign_id", "team_id", "imported", "undated", "passed_through"),
    ),
    "nurture": (
        NurtureRun,
        ("lead_id", "track_id", "version", "state", "position", "is_due", "next_at", "started_at")
        + ("former_owner_id", "former_team_id", "rest_owner_id", "rest_team_id", "ended_at", "ended_because"),
    ),
    "duty": (Lead, tuple(duties.COLUMNS)),
}

# What moves in a track with each step that is done or skipped, and with its end.
_GOES_ON = ("position", "state")


def take(lead_ids: Iterable[int]) -> Rows:
    """All rows about these leads, their handoffs and those who joined them: {kind: {id: values}}."""
    ids = list(lead_ids)
    handoffs = list(Handoff.objects.filter(lead__in=ids).values_list("pk", flat=True))
    joined = JoinedLead.objects.filter(Q(lead__in=ids) | Q(handoff__in=handoffs))
    companions = list(joined.values_list("lead", flat=True))
    wanted = {
        "episode": Q(lead__in=ids),
        "handoff": Q(pk__in=handoffs),
        "clock": Q(handoff__in=handoffs),
        "pause": Q(handoff__in=handoffs),
        "batch": Q(entries__lead__in=ids),
        "batch_lead": Q(lead__in=ids),
        "joined": Q(pk__in=companions),
        "entry": Q(lead__in=ids),
        "nurture": Q(lead__in=ids),
        "duty": Q(pk__in=[*ids, *companions]),
    }
    return {kind: _rows(kind, condition) for kind, condition in wanted.items()}


def again(traces: Rows) -> Rows:
    """The same rows as they are now; those that are gone are missing."""
    return {kind: _rows(kind, Q(pk__in=list(rows))) for kind, rows in traces.items()}


def _rows(kind: str, condition: Q) -> dict[str, dict[str, Any]]:
    model, names = _MODELS[kind]
    found = model._default_manager.filter(condition).values("pk", *names)
    return {str(row.pop("pk")): {name: _plain(value) for name, value in row.items()} for row in found}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def changes(before: Rows, after: Rows) -> Rows:
    """{kind: {id: {"before": …, "after": …}}} of the rows that differ; None where there is no row."""
    found: Rows = {}
    for kind in _MODELS:
        keys = {**before[kind], **after[kind]}
        rows = {key: {"before": before[kind].get(key), "after": after[kind].get(key)} for key in keys}
        found[kind] = {key: row for key, row in rows.items() if row["before"] != row["after"]}
    return found


def differs(changed: Mapping[str, Any]) -> bool:
    """Whether something has gone on since with what the merge changed (clocks warn, steps fall due by themselves)."""
    return any(
        _rows(kind, Q(pk=key)).get(key) != row["after"]
        for kind, rows in changed.items()
        if kind not in ("clock", "batch", "batch_lead", "nurture")
        for key, row in rows.items()
    )


def put_back(changed: Mapping[str, Any]) -> None:
    """Every changed row as it was. Handoffs change their lead first: one open handoff a lead, at every moment."""
    for key, row in changed["handoff"].items():
        Handoff.objects.filter(pk=key).update(lead_id=row["before"]["lead_id"])
    for kind, rows in changed.items():
        for key, row in sorted(rows.items(), key=_what_makes_room_first):
            _put_back(kind, key, _WHAT_STAYS[kind](key, row) if kind in _WHAT_STAYS else row["before"])


def _with_steps_taken(key: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A track as it was; one that has gone on since goes back to its lead as it stands: what was done stays done."""
    now = _rows("nurture", Q(pk=key)).get(key)
    if now is None or row["before"] is None or all(now[name] == row["after"][name] for name in _GOES_ON):
        return row["before"]
    return now | {"lead_id": row["before"]["lead_id"]}


def _with_what_broke(key: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A promise as it was; one that broke since stays broken, due when it was: people have been told."""
    now = _rows("clock", Q(pk=key)).get(key)
    before = row["before"]
    if now is None or before is None or now["state"] != ClockState.BREACHED or before["state"] == ClockState.BREACHED:
        return before
    return now | {"ended_at": before["ended_at"]}


def _with_what_was_told(key: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A pause as it was; one after whose end people were told of a promise stays over: it did not stand still then."""
    since = {"clock__handoff__pauses": key, "due_at__gt": row["after"]["ended_at"]}
    return row["after"] if Alert.objects.filter(**since).exists() else row["before"]


_WHAT_STAYS = {"nurture": _with_steps_taken, "clock": _with_what_broke, "pause": _with_what_was_told}


def _what_makes_room_first(item: tuple[str, Mapping[str, Any]]) -> int:
    """What came with the merge goes, what changed changes back, and only then comes back what went."""
    row = item[1]
    return 0 if row["before"] is None else 2 if row["after"] is None else 1


def _put_back(kind: str, key: str, values: Mapping[str, Any] | None) -> None:
    model, _names = _MODELS[kind]
    row = model._default_manager.filter(pk=key)
    if values is None:
        row.delete()
        return
    parsed = {name: _parsed(model, name, value) for name, value in values.items()}
    if kind == "duty":
        duties.put_back(lead_id=int(key), values=parsed)
        return
    if not row.update(**parsed):
        model._default_manager.create(pk=key, **parsed)


def _parsed(model: type[Model], name: str, value: Any) -> Any:
    is_moment = isinstance(value, str) and name.endswith(("_at", "not_before")) or name == "at"
    return datetime.fromisoformat(value) if is_moment else value
