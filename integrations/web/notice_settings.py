"""How one is told outside the application: one's own page, and a team's among the settings."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import TimeInput
from accounts.interface.forms import show as show_error
from accounts.models import Team, User
from accounts.queries import organization
from accounts.web.access import needs
from integrations.domain.telling import Pace
from integrations.models import NoticeSetting
from integrations.queries import timing_words
from integrations.services import notice_settings
from journal.errors import DomainError


class SettingForm(forms.Form):
    """What one chooses; `usual` says what counts without a choice."""

    mail = forms.ChoiceField(label=pgettext_lazy("notices", "Email"), required=False, widget=forms.RadioSelect)
    quiet_from = forms.TimeField(
        label=pgettext_lazy("quiet hours", "Quiet from"), required=False, widget=TimeInput, input_formats=["%H:%M"]
    )
    quiet_until = forms.TimeField(
        label=pgettext_lazy("quiet hours", "Quiet until"), required=False, widget=TimeInput, input_formats=["%H:%M"]
    )
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), required=False, max_length=60)

    def __init__(self, *args: Any, setting: NoticeSetting | None, usual: str, **kwargs: Any):
        zone = organization.current().time_zone
        initial = {"mail": "", "time_zone": zone}
        if setting is not None:
            initial |= {name: getattr(setting, name) for name in ("mail", "quiet_from", "quiet_until")}
            initial["time_zone"] = setting.time_zone or zone
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["mail"].choices = [("", usual), *Pace.choices]  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """One's own."""
    user: User = request.user  # type: ignore[assignment]
    setting = NoticeSetting.objects.filter(user=user).first()
    form = SettingForm(request.POST or None, setting=setting, usual=timing_words.usual_of(user))
    if _saved(request, form, user=user):
        return redirect("notice-settings")
    status = 400 if form.errors else 200
    context = {"form": form, "team_quiet": timing_words.team_quiet(user)}
    return render(request, "integrations/notice_settings.html", context, status=status)


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """Every team with what counts for its people."""
    rows = [(row, timing_words.of_team(row)) for row in Team.objects.filter(is_active=True).order_by("kind", "name")]
    return render(request, "settings/notices.html", {"rows": rows})


@needs(Permission.CHANGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team's."""
    row = get_object_or_404(Team, pk=pk)
    setting = NoticeSetting.objects.filter(team=row).first()
    form = SettingForm(request.POST or None, setting=setting, usual=timing_words.usual_of_organization())
    if _saved(request, form, team=row):
        return redirect("settings-team-notices", pk=pk)
    return render(
        request, "settings/team_notices.html", {"team": row, "form": form}, status=400 if form.errors else 200
    )


def _saved(request: HttpRequest, form: SettingForm, **whose: Any) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        notice_settings.choose(by=request.user, at=at, **form.cleaned_data, **whose)  # type: ignore[arg-type]
    except DomainError as error:
        show_error(form, error)
        return False
    toasts.say(request, _("Saved."))
    return True
