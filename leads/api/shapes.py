"""How leads, activities and their timeline look in JSON: plain dicts, because a page of fifty is the hot path."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from journal.errors import FieldError
from leads.queries.timeline import Entry

_LEAD = (
    "external_id last_name first_name last_name_kana first_name_kana email phone mobile title seniority department "
    "opted_out do_not_contact custom stage due_kind version"
).split()
_MOMENTS = "acquired_at stage_since due_at last_activity_at last_contact_at created_at updated_at".split()
_COMPANY = (
    "name corporate_number domain url industry employee_count employee_count_max phone postal_code prefecture address"
).split()
_QUALIFICATION_TEXTS = "phase need challenge timeframe authority decision_process budget competitors note".split()


def lead(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `lead_list.API_COLUMNS` in the API's representation."""
    shape: dict[str, Any] = {"id": str(row["pk"])}
    for name in _LEAD:
        shape[name] = row[name]
    for name in _MOMENTS:
        shape[name] = moment(row[name])
    shape["owner"] = opaque(row["owner_id"])
    shape["team"] = opaque(row["team_id"])
    shape["channel"] = row["channel__name"]
    shape["campaign"] = row["campaign__name"]
    shape["tags"] = row["tags"]
    shape["company"] = _company(row)
    shape["qualification"] = {name: row[f"qualification__{name}"] or "" for name in _QUALIFICATION_TEXTS}
    shape["qualification"]["temperature"] = row["qualification__temperature"]
    shape["score"] = row["score__total"]
    shape["band"] = row["score__band"]
    shape["grade"] = row["score__grade"] or None
    shape["model"] = opaque(row["score__model_id"])
    return shape


def _company(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["company_id"] is None:
        return None
    return {"id": str(row["company_id"])} | {name: row[f"company__{name}"] for name in _COMPANY}


def opaque(pk: int | None) -> str | None:
    """An id as clients see it."""
    return None if pk is None else str(pk)


def moment(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def entry(one: Entry) -> dict[str, Any]:
    """One entry of the timeline."""
    return {
        "kind": one.kind,
        "at": moment(one.at),
        "by": opaque(one.actor_id),
        "text": str(one.text),
        "note": str(one.note),
        "activity": opaque(one.activity_id),
        "data": one.data,
    }


def faults(errors: list[FieldError]) -> list[dict[str, str]]:
    """The faults of one row of a bulk call."""
    return [{"field": error.field, "code": error.code, "message": str(error.message)} for error in errors]
