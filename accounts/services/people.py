"""Inviting, changing and disabling people; teams and absences."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission, Role, TeamKind
from accounts.models import Absence, Membership, RoleGrant, Team, User
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried

# Without a team, nothing is ever routed to who sells.
SELLS_IN = {Role.INSIDE_SALES: TeamKind.INSIDE_SALES, Role.REP: TeamKind.FIELD}


class EmailTaken(Conflict):
    """Somebody signs in with this address already."""

    code = "email_taken"
    message = _("%(email)s is already in use.")


class LastAdmin(Conflict):
    """Without an administrator nobody could mend anything."""

    code = "last_admin"
    message = _("This is the last active administrator. Make someone else an administrator first.")


def _require(by: User | None, permission: Permission) -> None:
    if by is not None and not by.may(permission):
        raise Forbidden(_("Only an administrator can change people and teams."))


@retried
def invite(
    *,
    email: str,
    last_name: str,
    first_name: str,
    roles: Iterable[str],
    teams: Iterable[Team],
    by: User | None,
    at: datetime,
    password: str | None = None,
    language: str = "ja",
) -> User:
    """A new person with roles and teams. Without a password they set one by the mail's link.

    Who sells and is put into no team comes into the only one of their kind; where there are more, it has to be said.
    Raises Invalid naming each wrong field, EmailTaken, Forbidden.
    """
    _require(by, Permission.MANAGE_PEOPLE)
    email = email.strip().lower()
    roles, teams = set(roles), list(teams)
    _check(email, last_name, roles)
    one_at_a_time("people")
    if User.objects.filter(email=email).exists():
        raise EmailTaken(email=email)
    teams = teams or _only_teams(roles)
    user = User.objects.create_user(
        email, password, at=at, last_name=last_name.strip(), first_name=first_name.strip(), language=language
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in sorted(roles))
    _join(user, teams, manages=Role.MANAGER in roles)
    journal.record("user.invited", subject=user, by=by, at=at, data={"roles": sorted(roles)})
    return user


@retried
def place(*, user: User, roles: Iterable[str], teams: Iterable[Team], by: User | None, at: datetime) -> User:
    """The person has these roles and works in these teams from now on; what lies with them stays with them.

    Limits and shares of the teams they stay in are kept. Raises Invalid, LastAdmin, Forbidden.
    """
    _require(by, Permission.MANAGE_PEOPLE)
    one_at_a_time("administrators")
    user = User.objects.select_for_update().get(pk=user.pk)
    roles, teams, before = set(roles), list(teams), set(user.roles)
    if fault := _fault_of_roles(roles):
        raise Invalid(_("Nothing was changed."), errors=[fault])
    if Role.ADMIN not in roles:
        _keep_an_admin(user)
    user.role_grants.exclude(role__in=roles).delete()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in sorted(roles - before))
    manages = Role.MANAGER in roles
    user.memberships.exclude(team__in=teams).delete()
    if manages != (Role.MANAGER in before):
        user.memberships.update(is_manager=manages, receives=not manages)
    stays_in = set(user.memberships.values_list("team", flat=True))
    _join(user, [team for team in teams if team.pk not in stays_in], manages=manages)
    told = {"roles": sorted(roles), "teams": sorted(team.pk for team in teams)}
    journal.record("user.placed", subject=user, by=by, at=at, data=told)
    return User.objects.get(pk=user.pk)


def _join(user: User, teams: Iterable[Team], *, manages: bool) -> None:
    Membership.objects.bulk_create(
        Membership(user=user, team=team, is_manager=manages, receives=not manages) for team in teams
    )


def _only_teams(roles: set[str]) -> list[Team]:
    """Of each kind that these roles sell in, the one team there is; raises Invalid where there are several."""
    kinds = [kind for role, kind in SELLS_IN.items() if role in roles]
    found = list(Team.objects.filter(kind__in=kinds, is_active=True).order_by("id"))
    if len({team.kind for team in found}) < len(found):
        errors = [FieldError("teams", "required", _("Choose the team this person works in."))]
        raise Invalid(_("The person was not added."), errors=errors)
    return found


def _check(email: str, last_name: str, roles: set[str]) -> None:
    errors = []
    try:
        validate_email(email)
    except ValidationError:
        errors.append(FieldError("email", "invalid", _("Enter an email address such as name@company.com.")))
    if not last_name.strip():
        errors.append(FieldError("last_name", "required", _("Enter the last name.")))
    if fault := _fault_of_roles(roles):
        errors.append(fault)
    if errors:
        raise Invalid(_("The person was not added."), errors=errors)


def _fault_of_roles(roles: set[str]) -> FieldError | None:
    if roles and roles <= set(Role.values):
        return None
    return FieldError("roles", "invalid", _("Choose at least one role."))


def _keep_an_admin(user: User) -> None:
    """Raises LastAdmin where nobody else could mend anything."""
    others = User.objects.active().with_role(Role.ADMIN).people().exclude(pk=user.pk)
    if Role.ADMIN in user.roles and not others.exists():
        raise LastAdmin


@retried
def disable(*, user: User, by: User | None, at: datetime) -> None:
    """Ends the person's sessions; what lay with them goes back to queues, within the same transaction."""
    _require(by, Permission.MANAGE_PEOPLE)
    one_at_a_time("administrators")
    _keep_an_admin(user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    _end_sessions(user, at)
    journal.record("user.disabled", subject=user, by=by, at=at)


def _end_sessions(user: User, at: datetime) -> None:
    """A closed account is let in nowhere; this keeps its sessions from reviving with it. Expired ones can't."""
    running = Session.objects.filter(expire_date__gt=at).iterator(chunk_size=500)
    theirs = [one.pk for one in running if one.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()


@retried
def enable(*, user: User, by: User | None, at: datetime) -> None:
    """Lets a disabled person in again; nothing comes back to them by itself."""
    _require(by, Permission.MANAGE_PEOPLE)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        journal.record("user.enabled", subject=user, by=by, at=at)


@retried
def set_capacity(*, membership: Membership, capacity: int, weight: int, by: User | None, at: datetime) -> None:
    """How much may lie with a person at once, and their share of the round robin (0 to 9)."""
    _require(by, Permission.MANAGE_PEOPLE)
    if not 0 <= capacity <= 1000 or not 0 <= weight <= 9:
        raise Invalid(_("The limit must be 0 to 1000, the share 0 to 9."))
    Membership.objects.filter(pk=membership.pk).update(capacity=capacity, weight=weight)
    journal.record(
        "membership.changed", subject=membership, by=by, at=at, data={"capacity": capacity, "weight": weight}
    )


def may_enter_absences(*, user: User, by: User) -> bool:
    """Read and enter: one's own, or anybody's by who plans for others."""
    return by.pk == user.pk or by.may(Permission.MANAGE_PEOPLE) or by.may(Permission.REASSIGN_HANDOFFS)


@retried
def add_absence(*, user: User, starts_on: date, ends_on: date, by: User, at: datetime, note: str = "") -> Absence:
    """Local days, both included, on which nothing is routed to the person. One's own, or anybody's by a manager."""
    if not may_enter_absences(user=user, by=by):
        raise Forbidden(_("You can only enter your own absences."))
    if ends_on < starts_on:
        errors = [FieldError("ends_on", "order", _("The last day is before the first."))]
        raise Invalid(_("The absence was not saved."), errors=errors)
    absence = Absence.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, note=note)
    journal.record("absence.entered", subject=absence, by=by, at=at, data={"user": user.pk})
    return absence


@retried
def remove_absence(*, absence: Absence, by: User, at: datetime) -> None:
    """The person is there after all; once, however often it is asked for. One's own, or anybody's by who may enter them."""
    if not may_enter_absences(user=absence.user, by=by):
        raise Forbidden(_("You can only remove your own absences."))
    if Absence.objects.filter(pk=absence.pk).delete()[0]:
        journal.record("absence.removed", subject=absence, by=by, at=at, data={"user": absence.user_id})


@retried
def create_team(*, name: str, kind: str, by: User | None, at: datetime) -> Team:
    """A new team; raises Invalid when the name is empty or taken."""
    _require(by, Permission.MANAGE_PEOPLE)
    one_at_a_time("teams")
    if not name.strip() or Team.objects.filter(name=name.strip()).exists():
        errors = [FieldError("name", "taken", _("This team name is already in use."))]
        raise Invalid(_("The team was not created."), errors=errors)
    team = Team.objects.create(name=name.strip(), kind=kind)
    journal.record("team.created", subject=team, by=by, at=at, data={"kind": kind})
    return team
