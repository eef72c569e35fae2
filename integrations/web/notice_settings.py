"""How one is told outside the application: one's own page, and a team's among the settings; chat channels on both."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import TimeInput
from accounts.interface.forms import show as show_error
from accounts.models import Team, User
from accounts.queries import organization
from accounts.web.access import needs
from integrations.domain import chat_services
from integrations.domain.telling import Pace
from integrations.models import ChatChannel, NoticeSetting
from integrations.queries import timing_words
from integrations.services import chat_channels, notice_settings
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


class ChannelForm(forms.Form):
    """A chat channel; its address is never shown again, neither after a mistake."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    address = forms.CharField(
        label=pgettext_lazy("chat", "Webhook address"),
        max_length=chat_services.LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As the service gave it to you. For Chatwork: chatwork://API-token@room-number"),
    )
    pace = forms.ChoiceField(
        label=pgettext_lazy("chat", "When"),
        choices=[choice for choice in Pace.choices if choice[0] != Pace.NEVER],
        initial=Pace.AT_ONCE,
    )


class TeamChannelForm(ChannelForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """One's own."""
    user: User = request.user  # type: ignore[assignment]
    form = _own_form(request, user)
    if _saved(request, form, user=user):
        return redirect("notice-settings")
    status = 400 if form.errors else 200
    return _own_page(request, form, status)


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
    form = _team_form(request, row)
    if _saved(request, form, team=row):
        return redirect("settings-team-notices", pk=pk)
    return _team_page(request, row, form, 400 if form.errors else 200)


@login_required
@require_POST
def connect_own(request: HttpRequest) -> HttpResponse:
    """A chat channel of one's own."""
    form = ChannelForm(request.POST)
    if _connected(request, form, user=request.user):
        return redirect("notice-settings")
    return _own_page(request, _own_form(None, request.user), 400, form)  # type: ignore[arg-type]


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def connect_team(request: HttpRequest, pk: int) -> HttpResponse:
    """A chat channel of a team."""
    row = get_object_or_404(Team, pk=pk)
    form = TeamChannelForm(request.POST)
    if _connected(request, form, team=row):
        return redirect("settings-team-notices", pk=pk)
    return _team_page(request, row, _team_form(None, row), 400, form)


@login_required
@require_POST
def try_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends a test message now."""
    channel = _channel(request, pk)
    try:
        chat_channels.send_trial(channel=channel, by=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        toasts.say(request, _("A test message was sent to %(name)s.") % {"name": channel.name})
    return _back(channel)


@login_required
@require_POST
def remove_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is sent there any more."""
    channel = _channel(request, pk)
    chat_channels.remove(channel=channel, by=request.user, at=request.entry.at)  # type: ignore[arg-type, attr-defined]
    toasts.say(request, _("%(name)s was removed.") % {"name": channel.name})
    return _back(channel)


def _channel(request: HttpRequest, pk: int) -> ChatChannel:
    seen = ChatChannel.objects.visible_to(request.user).select_related("user", "team")
    return get_object_or_404(seen, pk=pk)


def _back(channel: ChatChannel) -> HttpResponse:
    return redirect("settings-team-notices", pk=channel.team_id) if channel.team_id else redirect("notice-settings")


def _own_form(request: HttpRequest | None, user: User) -> SettingForm:
    setting = NoticeSetting.objects.filter(user=user).first()
    return SettingForm(request and request.POST or None, setting=setting, usual=timing_words.usual_of(user))


def _team_form(request: HttpRequest | None, team: Team) -> SettingForm:
    setting = NoticeSetting.objects.filter(team=team).first()
    return SettingForm(request and request.POST or None, setting=setting, usual=timing_words.usual_of_organization())


def _own_page(request: HttpRequest, form: SettingForm, status: int, channel: ChannelForm | None = None) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    context = {
        "form": form,
        "team_quiet": timing_words.team_quiet(user),
        "channels": ChatChannel.objects.filter(user=user).order_by("pk"),
        "channel_form": channel or ChannelForm(),
        "connect_url": reverse("chat-channel-own"),
    }
    return render(request, "integrations/notice_settings.html", context, status=status)


def _team_page(
    request: HttpRequest, team: Team, form: SettingForm, status: int, channel: ChannelForm | None = None
) -> HttpResponse:
    context = {
        "team": team,
        "form": form,
        "channels": ChatChannel.objects.filter(team=team).order_by("pk"),
        "channel_form": channel or TeamChannelForm(initial={"language": get_language()}),
        "connect_url": reverse("chat-channel-team", args=[team.pk]),
    }
    return render(request, "settings/team_notices.html", context, status=status)


def _connected(request: HttpRequest, form: ChannelForm, **whose: Any) -> bool:
    if not form.is_valid():
        return False
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        channel = chat_channels.connect(by=request.user, at=at, **form.cleaned_data, **whose)  # type: ignore[arg-type]
    except DomainError as error:
        show_error(form, error)
        return False
    toasts.say(request, _("%(name)s is connected. Send a test message to try it.") % {"name": channel.name})
    return True


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
