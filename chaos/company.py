"""A firm with one team of many people, and leads that are handed over to its queue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import Membership, RoleGrant, Team, User
from handoff.models import Handoff
from handoff.services import handoffs
from integrations.services import first_start
from journal import clock
from leads.services import leads

PASSWORD = "correct-horse-battery"


def begin(people: int) -> tuple[User, Team, list[User]]:
    """The administrator, who is marketing too, the team, and so many people who receive."""
    at = clock.now()
    first_start.begin_empty(email="chaos@example.jp", password=PASSWORD, at=at)
    admin = User.objects.get(email="chaos@example.jp")
    team = Team.objects.create(name="営業1部", kind="field")
    return admin, team, [_person(number, team, at) for number in range(people)]


def _person(number: int, team: Team, at: datetime) -> User:
    person = User.objects.create_user(f"rep{number}@example.jp", at=at, last_name=f"営業{number}", first_name="太郎")
    RoleGrant.objects.create(user=person, role="rep")
    Membership.objects.create(user=person, team=team)
    return person


def handed_over(wanted: int, *, by: User, to: Team, at: datetime, numbered_from: int = 0) -> list[Handoff]:
    """So many new leads, each with a handoff in the team's queue."""
    return [_handed_over(numbered_from + number, by, to, at) for number in range(wanted)]


def _handed_over(number: int, by: User, to: Team, at: datetime) -> Handoff:
    values = {"last_name": f"顧客{number}", "first_name": "花子", "email": f"lead{number}@example.jp"}
    lead = leads.create(values=values, by=by, at=at)
    return handoffs.offer(lead=lead, by=by, at=at, to=to, reason="chaos")


def all_due(handed: Iterable[Handoff]) -> datetime:
    """A moment by which all that the clocks of these handoffs wait for has fallen due."""
    return max(one.answer_due_at for one in handed) + timedelta(days=7)
