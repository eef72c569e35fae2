"""The names behind a page of leads' channel, campaign, owner and team: one small query each.

Joining them all would make PostgreSQL plan eight relations, which takes fifty times as long as reading the page.
"""

from typing import Any

from accounts.models import Team, User
from leads.models import Campaign, Channel

Row = dict[str, Any]


def add_sources(rows: list[Row]) -> None:
    """Sets `channel__name` and `campaign__name` from `channel_id` and `campaign_id`."""
    for name, model in (("channel", Channel), ("campaign", Campaign)):
        names = _names(model, rows, f"{name}_id")
        for row in rows:
            row[f"{name}__name"] = names.get(row[f"{name}_id"])


def add_holders(rows: list[Row]) -> None:
    """Sets `owner` (姓 名), `holder` (the person) and `team__name` from `owner_id` and `team_id`."""
    ids = {row["owner_id"] for row in rows} - {None}
    people = User.objects.filter(pk__in=ids).only("last_name", "first_name") if ids else ()
    owners = {user.pk: user for user in people}
    teams = _names(Team, rows, "team_id")
    for row in rows:
        row["holder"] = holder = owners.get(row["owner_id"])
        row["owner"] = holder.name if holder else ""
        row["team__name"] = teams.get(row["team_id"])


def _names(model: Any, rows: list[Row], key: str) -> dict[int, str]:
    ids = {row[key] for row in rows} - {None}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
