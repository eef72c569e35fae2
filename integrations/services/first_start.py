"""自社ではじめる: the sample company makes way for one's own."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.domain.roles import Role, TeamKind
from accounts.models import Membership, Organization, RoleGrant, Team, User
from handoff.services import defaults
from integrations.sample import clearing
from journal import services as journal
from journal.errors import Conflict, FieldError, Invalid
from journal.transactions import retried
from scoring.domain.presets import DEFAULT_INDUSTRIES
from scoring.services import presets

NO_NAME = _("Enter the company's name.")
NOBODY = _("Enter your last name, so colleagues know who you are.")
NO_ADDRESS = _("Enter an email address such as name@company.com.")
SCORING_PRESET = "excel_starter"
UNNAMED = pgettext_lazy("company without a name", "Our company")


class AlreadyBegun(Conflict):
    """The own company is there; beginning again would take its data away."""

    code = "already_begun"
    message = _("Your company has already been set up. Nothing was changed.")


class BadBeginning(Invalid):
    """Something in the answers is missing or wrong; each fault is named."""

    code = "bad_beginning"
    message = _("Something is still missing.")


@dataclass(frozen=True)
class FirstTeam:
    kind: TeamKind
    name: Promise


MARKETING = FirstTeam(TeamKind.MARKETING, pgettext_lazy("first team", "Marketing"))
INSIDE = FirstTeam(TeamKind.INSIDE_SALES, pgettext_lazy("first team", "Inside sales"))
FIELD = FirstTeam(TeamKind.FIELD, pgettext_lazy("first team", "Sales"))
EAST = FirstTeam(TeamKind.FIELD, pgettext_lazy("first team", "Sales East Japan"))
WEST = FirstTeam(TeamKind.FIELD, pgettext_lazy("first team", "Sales West Japan"))
TEAMS = {
    Organization.Preset.SMALL: (MARKETING, FIELD),
    Organization.Preset.MID: (MARKETING, INSIDE, FIELD),
    Organization.Preset.LARGE: (MARKETING, INSIDE, EAST, WEST),
}


@retried
def begin(
    *,
    name: str,
    preset: str,
    own_excel: str,
    by: User,
    at: datetime,
    last_name: str = "",
    first_name: str = "",
    email: str = "",
    password: str = "",
) -> Organization:
    """Takes the sample away and sets up the own company; `by` becomes its administrator and stays signed in.

    What it is given to begin with bears names in the language now active.

    `own_excel` is `now` or `later`: where the person goes next. With `last_name` they bear their own name instead of
    the sample's; with `email` and `password` they sign in with these from now on. Raises AlreadyBegun, BadBeginning naming each wrong field.
    """
    _check(name, preset, own_excel, email, password)
    organization = Organization.objects.select_for_update().first()
    if organization is not None and not organization.is_sample:
        raise AlreadyBegun
    if organization is not None:
        clearing.clear(keep=by)
    organization = _found(name, preset, at)
    if last_name.strip():
        by.last_name, by.first_name = last_name.strip(), first_name.strip()
    _make_admin(by, preset, email, password)
    _make_teams(by, preset)
    defaults.install(preset=preset, at=at)
    presets.install(preset=SCORING_PRESET, by=by, at=at)
    journal.record("organization.begun", subject=organization, by=by, at=at, data={"preset": preset})
    return organization


@retried
def begin_empty(*, email: str, password: str, at: datetime, language: str = "ja") -> Organization:
    """The own company without a sample before it and without questions: small, the Excel starter's rules published,
    one leg, with this administrator. Raises AlreadyBegun, BadBeginning."""
    if Organization.objects.exists():
        raise AlreadyBegun
    admin = User.objects.create_user(email, at=at, language=language)
    organization = begin(
        name=str(UNNAMED),
        preset=Organization.Preset.SMALL,
        own_excel="later",
        by=admin,
        at=at,
        email=email,
        password=password,
    )
    organization.target_industries = list(map(str, DEFAULT_INDUSTRIES))
    organization.save(update_fields=["target_industries"])
    return organization


def _check(name: str, preset: str, own_excel: str, email: str, password: str) -> None:
    errors = []
    if not name.strip():
        errors.append(FieldError("name", "required", str(NO_NAME)))
    if preset not in Organization.Preset.values:
        errors.append(FieldError("preset", "invalid", str(_("Choose the size."))))
    if own_excel not in ("now", "later"):
        errors.append(FieldError("own_excel", "invalid", str(_("Choose now or later."))))
    if bool(email) != bool(password):
        errors.append(FieldError("password" if email else "email", "required", str(_("Enter both or neither."))))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors.append(FieldError("email", "invalid", str(NO_ADDRESS)))
    if errors:
        raise BadBeginning(errors=errors)


def _found(name: str, preset: str, at: datetime) -> Organization:
    is_small = preset == Organization.Preset.SMALL
    values = {
        "name": name.strip(),
        "preset": preset,
        "is_sample": False,
        "target_industries": [],
        "reps_see_own_team_only": False,
        "publishing_needs_agreement": not is_small,
        "shows_advanced": preset == Organization.Preset.LARGE,
        "sample_until": None,
        "steps_done": [],
        "started_at": at,
    }
    return Organization.objects.update_or_create(pk=1, defaults=values)[0]


def _make_admin(by: User, preset: str, email: str, password: str) -> None:
    """One person may hold all roles; in a small company the founder does."""
    roles = Role.values if preset == Organization.Preset.SMALL else [Role.ADMIN, Role.MANAGER]
    RoleGrant.objects.bulk_create(RoleGrant(user=by, role=role) for role in roles)
    if email:
        by.email = email.strip().lower()
    # The sample's password is known to everybody; without an own one Today asks for it.
    by.set_password(password or None)
    by.save(update_fields=["last_name", "first_name", "email", "password"])


def _make_teams(by: User, preset: str) -> None:
    is_small = preset == Organization.Preset.SMALL
    for first in TEAMS[Organization.Preset(preset)]:
        team = Team.objects.create(name=str(first.name), kind=first.kind)
        Membership.objects.create(user=by, team=team, is_manager=True, receives=is_small)
