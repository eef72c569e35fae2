"""Teams and people: who is where, how much each may hold, who is away, whom to invite."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.domain.roles import Permission, Role, TeamKind
from accounts.interface import figures, toasts
from accounts.interface.forms import DateInput
from accounts.interface.forms import show as show_error
from accounts.models import Absence, Membership, Team, User
from accounts.queries import invitation
from accounts.services import people
from accounts.web.access import needs
from journal.errors import DomainError, Forbidden


class TeamsField(forms.ModelMultipleChoiceField):
    """Teams to choose from; a number that no row can have is no team either, and never reaches the database."""

    def clean(self, value: Any) -> Any:
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}
        for given in value or ():
            if str(given) not in known:
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": given})
        return super().clean(value)


class RolesForm(forms.Form):
    """What a person is here, and where they work."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    teams = TeamsField(
        label=gettext_lazy("Teams"), queryset=Team.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = Team.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]


class InviteForm(RolesForm):
    email = forms.EmailField(label=gettext_lazy("Email"))
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=60)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=60, required=False)


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TeamKind.choices)


class PlaceForm(forms.Form):
    capacity = forms.IntegerField(min_value=0, max_value=1000)
    weight = forms.IntegerField(min_value=0, max_value=9)


class AbsenceForm(forms.Form):
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=120, required=False)


@needs(Permission.MANAGE_PEOPLE)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Teams with their members, and the forms."""
    return _page(request)


@needs(Permission.MANAGE_PEOPLE)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Adds a person and shows the link by which they set a password."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            user = people.invite(by=_me(request), at=_at(request), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            return _page(request, invited=user, link=_link(request, user))
    return _page(request, status=400, invite=form)


@needs(Permission.MANAGE_PEOPLE)
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh link for who has not come in by the one they were sent."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    if user.has_usable_password():
        toasts.warn(request, _("%(name)s has already set a password.") % {"name": figures.addressed(user)})
        return redirect("settings-people")
    if not user.is_active:
        toasts.warn(request, _("Reactivate the account of %(name)s first.") % {"name": figures.addressed(user)})
        return redirect("settings-people")
    return _page(request, invited=user, link=_link(request, user))


@needs(Permission.MANAGE_PEOPLE)
@require_POST
def add_team(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            people.create_team(by=_me(request), at=_at(request), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-people")
    return _page(request, status=400, team=form)


@needs(Permission.MANAGE_PEOPLE)
@require_POST
def change_place(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's limit and share in a team."""
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        toasts.warn(request, _("The limit must be 0 to 1000, the share 0 to 9."))
        return redirect("settings-people")
    people.set_capacity(membership=membership, by=_me(request), at=_at(request), **form.cleaned_data)
    said = _("%(name)s: limit %(capacity)s, share %(weight)s") % {
        "name": figures.person(membership.user),
        **form.cleaned_data,
    }
    toasts.say(request, said)
    return redirect("settings-people")


@needs(Permission.MANAGE_PEOPLE)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes or opens a person's account."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    act = people.enable if request.POST.get("active") == "yes" else people.disable
    try:
        act(user=user, by=_me(request), at=_at(request))
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect("settings-people")


@needs(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's roles and teams."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    given = request.POST if request.method == "POST" else None
    form = RolesForm(given, initial={"roles": list(user.roles), "teams": list(user.team_ids)})
    if request.method == "POST" and form.is_valid():
        try:
            people.place(user=user, by=_me(request), at=_at(request), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Roles and teams saved for %(name)s.") % {"name": figures.person(user)})
            return redirect("settings-people")
    status = 400 if form.errors else 200
    return render(request, "settings/person.html", {"person": user, "form": form}, status=status)


@login_required
def absences(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's absences: one's own, or anybody's by whom may enter them."""
    user = get_object_or_404(User.objects.people(), pk=pk)
    if not people.may_enter_absences(user=user, by=_me(request)):
        raise PermissionDenied
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.add_absence(user=user, by=_me(request), at=_at(request), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-absences", pk=pk)
    rows = Absence.objects.filter(user=user).order_by("-starts_on")[:50]
    status = 400 if form.errors else 200
    return render(request, "settings/absences.html", {"person": user, "form": form, "rows": rows}, status=status)


@login_required
@require_POST
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes away an absence that was entered wrongly, or that will not be."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    try:
        people.remove_absence(absence=absence, by=_me(request), at=_at(request))
    except Forbidden as error:
        raise PermissionDenied from error
    return redirect("settings-absences", pk=absence.user_id)


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    members = Membership.objects.select_related("user").prefetch_related("user__role_grants").order_by("pk")
    placed = Membership.objects.values("user")
    values = {
        "teams": Team.objects.order_by("kind", "name").prefetch_related(Prefetch("memberships", members)),
        "unplaced": User.objects.people().exclude(pk__in=placed).prefetch_related("role_grants").order_by("pk"),
        "invite": InviteForm(),
        "team": TeamForm(),
        "today": request.entry.at,  # type: ignore[attr-defined]
    }
    return render(request, "settings/people.html", values | given, status=status)


def _link(request: HttpRequest, user: User) -> str:
    return request.build_absolute_uri(invitation.path(user))


def _me(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _at(request: HttpRequest) -> Any:
    return request.entry.at  # type: ignore[attr-defined]
