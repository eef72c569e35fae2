"""The page behind 自社ではじめる, and the way into each of the four first steps."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.models import Organization, User
from accounts.services import organization as organization_service
from integrations.services import first_start
from journal.errors import Invalid

WAYS = {"import": "imports", "score": "leads", "invite": "settings-people", "handoff": "leads"}


class BeginForm(forms.Form):
    """Three questions, who begins, and with what they sign in from now on."""

    name = forms.CharField(
        label=gettext_lazy("Company name"), max_length=120, error_messages={"required": first_start.NO_NAME}
    )
    preset = forms.ChoiceField(
        label=gettext_lazy("How large is your sales team?"),
        choices=[
            ("small", gettext_lazy("Small: up to ten people, marketing hands over straight to sales")),
            ("mid", gettext_lazy("Mid-size: inside sales in between")),
            ("large", gettext_lazy("Large: several teams, territories, agreed rules")),
        ],
        widget=forms.RadioSelect,
        initial="small",
    )
    own_excel = forms.ChoiceField(
        label=gettext_lazy("Your own Excel list"),
        choices=[("now", gettext_lazy("Import it now")), ("later", gettext_lazy("Later"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": first_start.NOBODY},
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy("You sign in with it from any computer."),
        error_messages={"invalid": first_start.NO_ADDRESS},
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        min_length=8,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Eight characters or more."),
    )

    def clean_password(self) -> str:
        """An own password keeps the installation's rules, as it does everywhere else."""
        password = str(self.cleaned_data["password"])
        if password:
            given = {name: self.cleaned_data.get(name, "") for name in ("last_name", "first_name", "email")}
            password_validation.validate_password(password, User(**given))
        return password


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Asks, and begins."""
    organization: Organization | None = request.entry.organization  # type: ignore[attr-defined]
    if organization is not None and not organization.is_sample:
        return redirect("home")
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _begin(request, form):
        return redirect(WAYS["import"] if form.cleaned_data["own_excel"] == "now" else "home")
    return render(request, "integrations/first_start.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def step(request: HttpRequest, key: str) -> HttpResponse:
    """Goes to where a first step is done; looking at the scores is done by going there."""
    if key not in WAYS:
        raise Http404
    if key == "score" and request.user.may(Permission.CHANGE_SETTINGS):  # type: ignore[union-attr]
        organization_service.take_step(key=key)
    suffix = "?ordering=-score" if key in ("score", "handoff") else ""
    return redirect(reverse(WAYS[key]) + suffix)


def _begin(request: HttpRequest, form: BeginForm) -> bool:
    values: dict[str, Any] = form.cleaned_data
    try:
        first_start.begin(by=request.user, at=request.entry.at, **values)  # type: ignore[arg-type, attr-defined]
    except Invalid as error:
        for fault in error.errors:
            form.add_error(fault.field if fault.field in form.fields else None, fault.message)
        return False
    except first_start.AlreadyBegun as error:
        toasts.warn(request, str(error))
        return True
    update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
    toasts.say(request, _("%(name)s is ready. The sample data has been removed.") % {"name": values["name"]})
    return True
