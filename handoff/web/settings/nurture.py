"""Nurture tracks: their steps, which leads are in them, and which outcome leads to which."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from accounts.interface import figures, toasts
from accounts.interface.change_words import whose
from accounts.interface.forms import show as show_error
from accounts.models import User
from accounts.queries import changes
from accounts.web.access import needs
from handoff.domain.choices import AfterReject, OutcomeReason
from handoff.domain.nurture import MOST_DAYS, MOST_STEPS, Cause, NurturePhase, StepKind, StepOwner
from handoff.models import NurtureStep, NurtureTrack, RejectReason
from handoff.queries import nurture, nurture_words
from handoff.queries.reason_words import label_of
from handoff.services import nurture_tracks
from handoff.services.nurture_tracks import StaleChoices, StaleTrack, StepValues
from handoff.web.repair_forms import ASIDE
from journal.errors import DomainError
from leads.models import Content
from leads.queries.references import as_id

MOST_CONTENTS = 300
FIELDS = ("wait_days", "kind", "task_ja", "task_en", "owner", "content")


class StepForm(forms.Form):
    """One step. `owner` is marketing, whoever had the lead, or a colleague by `person-5`."""

    wait_days = forms.IntegerField(label=gettext_lazy("Wait (days)"), min_value=0, max_value=MOST_DAYS)
    kind = forms.ChoiceField(label=pgettext_lazy("nurture step", "Kind"), choices=StepKind.choices)
    task_ja = forms.CharField(label=gettext_lazy("What to do, in Japanese"), max_length=120)
    task_en = forms.CharField(label=gettext_lazy("What to do, in English"), max_length=120, required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Who does it"))
    content = forms.ChoiceField(label=gettext_lazy("Suggested content"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], contents: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        usual = [(one.value, one.label) for one in (StepOwner.MARKETING, StepOwner.OWNER)]
        self.fields["owner"].choices = [*usual, (_("Colleagues"), people)]
        self.fields["content"].choices = [("", pgettext("content", "None")), *contents]

    def step(self) -> StepValues:
        """The step as the service takes it."""
        data = self.cleaned_data
        kind, _dash, person = data["owner"].partition("-")
        return StepValues(
            kind=data["kind"],
            wait_days=data["wait_days"],
            owner=kind,
            task_ja=data["task_ja"],
            task_en=data["task_en"],
            user=int(person) if person else None,
            content=int(data["content"]) if data["content"] else None,
        )


class TrackForm(forms.Form):
    """The track itself; `steps` is how many rows of steps the page had."""

    name_ja = forms.CharField(label=gettext_lazy("In Japanese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("In English"), max_length=60)
    phase = forms.ChoiceField(label=pgettext_lazy("nurture track", "Phase"), choices=NurturePhase.choices)
    is_active = forms.BooleanField(label=gettext_lazy("Leads can be put into it"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every track with its steps, and which outcome leads to it."""
    tracks = list(NurtureTrack.objects.order_by("-is_active", "position", "pk"))
    inside = nurture.leads_in(tracks)
    said = dict(nurture_words.tracks_said())
    rows = [
        {
            "track": track,
            "name": nurture.name_of(track),
            "phase": nurture_words.phase(track),
            "said": said.get(track, ""),
            "leads": inside.get(track.pk, 0),
        }
        for track in tracks
    ]
    return render(request, "settings/nurture.html", {"rows": rows, "outcomes": _outcomes(tracks)})


def _outcomes(tracks: Iterable[NurtureTrack]) -> list[tuple[str, str, int | None]]:
    """What leads to which track, in words; reject reasons with the id of their page."""
    names = {track.pk: nurture_words.named(track) for track in tracks}
    none = pgettext("nurture track", "None: it only rests")
    reasons = RejectReason.objects.filter(is_active=True, follows=AfterReject.NURTURE).order_by("position", "pk")
    given_back = pgettext("nurture cause", "Given back: %(reason)s")
    found: list[tuple[str, str, int | None]] = [
        (given_back % {"reason": label_of(one)}, names.get(one.track_id, none), one.pk) for one in reasons
    ]
    known = nurture_tracks.choices()
    for (cause, reason), label in _keys().items():
        if (cause, reason) in known:
            found.append((label, names.get(known[cause, reason], none), None))
    return found


def _keys() -> dict[tuple[str, str], str]:
    """Each (cause, reason) that can have a track, in words, in the order of the page."""
    keys = {}
    pattern = pgettext("nurture cause", "%(cause)s: %(reason)s")
    own = [(code, label) for code, label in ASIDE if code == "no_need"]
    for cause in (Cause.CONSIDERING, Cause.LOST, Cause.BY_HAND):
        keys[cause.value, ""] = str(cause.label)
        for code, label in own if cause == Cause.BY_HAND else OutcomeReason.choices:
            keys[cause.value, code] = pattern % {"cause": cause.label, "reason": label}
    return keys


def _reason(key: tuple[str, str]) -> str:
    """The reason alone, for below its cause."""
    labels = dict(ASIDE) if key[0] == Cause.BY_HAND else dict(OutcomeReason.choices)
    return str(labels[key[1]]) if key[1] else pgettext("nurture cause", "Any other reason")


AS_USUAL = "usual"


class OutcomesForm(forms.Form):
    """A choice for each outcome: a track, none, or (but for the first of each cause) as without a reason."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None):
        super().__init__(data)
        kept = nurture_tracks.choices()
        tracks = list(nurture.choosable(kept=kept.values()))
        self.keys = {"-".join(filter(None, key)): key for key in _keys()}
        for name, key in self.keys.items():
            usual = [(AS_USUAL, _("As for any other reason"))] if key[1] else []
            named = [(str(track.pk), nurture_words.named(track)) for track in tracks]
            none = ("", pgettext("nurture track", "None: it only rests"))
            field = forms.ChoiceField(label=_reason(key), required=False, choices=[*usual, *named, none])
            field.initial = str(kept[key] or "") if key in kept else AS_USUAL
            self.fields[name] = field
        self.fields["shown"].initial = written(kept)

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The choices as the page shows them, by cause."""
        causes = dict.fromkeys(cause for cause, _reason in self.keys.values())
        return [
            (str(Cause(cause).label), [self[name] for name, key in self.keys.items() if key[0] == cause])
            for cause in causes
        ]

    def chosen(self) -> nurture_tracks.Choices:
        """The whole table as it shall be."""
        data = self.cleaned_data
        named = {key: data[name] for name, key in self.keys.items() if data[name] != AS_USUAL}
        return {key: int(value) if value else None for key, value in named.items()}


def written(choices: nurture_tracks.Choices) -> str:
    """The table as a hidden field carries it."""
    return json.dumps(sorted([*key, track] for key, track in choices.items()))


@needs(Permission.CHANGE_SETTINGS)
def outcomes(request: HttpRequest) -> HttpResponse:
    """Which track follows each result, and a rest by hand."""
    given = request.POST.copy() if request.method == "POST" else None
    form = OutcomesForm(given)
    if given is not None and form.is_valid():
        now = nurture_tracks.choices()
        try:
            if form.cleaned_data["shown"] != written(now) and form.chosen() != now:
                raise StaleChoices
            nurture_tracks.assign(chosen=form.chosen(), seen=now, by=request.user, at=request.entry.at)  # type: ignore[arg-type, attr-defined]
        except StaleChoices:
            form.add_error(None, _("Not saved yet: someone else has changed this. Save again to replace it."))
            given["shown"] = written(nurture_tracks.choices())
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Saved. It holds for leads that come to rest from now on."))
            return redirect("settings-nurture")
    return render(request, "settings/nurture_outcomes.html", {"form": form}, status=400 if form.errors else 200)


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One track: new, or to change. A POST with `more`, `up` or `drop` changes the rows of steps and keeps nothing."""
    track = get_object_or_404(NurtureTrack, pk=pk) if pk else None
    given = request.POST.copy() if request.method == "POST" else None
    if given is None:
        rows = [_initial(step) for step in nurture.steps_of(track)] if track else [{}]
        initial = {name: getattr(track, name) for name in TrackForm.base_fields} if track else {}
        return _page(request, track, TrackForm(initial=initial), _rows(rows, track))
    rows, only_rows = _changed(_posted(given), given)
    form, steps = TrackForm(given), _rows(rows, track, is_bound=True)
    if only_rows:
        return _page(request, track, TrackForm(initial=_typed(given)), _rows(rows, track), is_typed=True)
    # Every row is checked, so that all faults are named at once.
    are_valid = [form.is_valid(), *(step.is_valid() for step in steps)]
    if all(are_valid):
        values = {name: form.cleaned_data[name] for name in ("name_ja", "name_en", "phase", "is_active")}
        try:
            nurture_tracks.keep(
                track=track,
                steps=[step.step() for step in steps],
                expected_version=form.cleaned_data["version"] if track else None,
                by=request.user,  # type: ignore[arg-type]
                at=request.entry.at,  # type: ignore[attr-defined]
                **values,
            )
        except StaleTrack as error:
            form.add_error(None, _changed_meanwhile(error.track))
            # What is typed is shown again beside what changed; sent again, it was read.
            given["version"] = str(error.track.version)
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Saved. Leads already in the track go on by its former steps."))
            return redirect("settings-nurture")
    is_faulty = bool(form.errors) or any(step.errors for step in steps)
    return _page(request, track, form, steps, status=400 if is_faulty else 200)


def _typed(given: QueryDict) -> dict[str, Any]:
    return {name: given.get(name) for name in TrackForm.base_fields}


def _changed_meanwhile(track: NurtureTrack) -> str:
    """Who changed it and what it says now."""
    now = nurture_words.said(nurture.steps_of(track))
    return _(
        "Not saved yet: %(who)s changed this on %(when)s. It now says: %(now)s. "
        "Your entries are still here; save again to replace it."
    ) % (whose(changes.latest(track, kind="nurture_track.changed")) | {"now": now})


def _posted(given: QueryDict) -> list[dict[str, str]]:
    """The rows of steps that the page had."""
    count = min(_number(given.get("rows", "")) or 0, MOST_STEPS)
    return [{name: given.get(f"s{row}-{name}", "") for name in FIELDS} for row in range(count)]


def _number(text: str) -> int | None:
    """A small number as the page writes it; None for what it never writes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _changed(rows: list[dict[str, str]], given: QueryDict) -> tuple[list[dict[str, str]], bool]:
    """The rows after the button that was pressed, and whether that was all it asked for."""
    if "more" in given:
        return [*rows, {}][:MOST_STEPS], True
    for verb in ("up", "drop"):
        number = _number(given.get(verb, ""))
        if number is None or number >= len(rows):
            continue
        row = rows.pop(number)
        if verb == "up":
            rows.insert(max(0, number - 1), row)
        return rows or [{}], True
    return rows, False


def _initial(step: NurtureStep) -> dict[str, str]:
    owner = f"{step.owner}-{step.user_id}" if step.user_id else step.owner
    values = {"wait_days": step.wait_days, "kind": step.kind, "task_ja": step.task_ja, "task_en": step.task_en}
    return {name: str(value) for name, value in values.items()} | {
        "owner": owner,
        "content": str(step.content_id or ""),
    }


def _rows(rows: list[dict[str, str]], track: NurtureTrack | None, *, is_bound: bool = False) -> list[StepForm]:
    """A form for each; whoever left is shown until another is chosen."""
    kept = [step.user for step in nurture.steps_of(track) if step.user] if track else []
    found = {user.pk: user for user in [*User.objects.active().people().order_by("last_name", "first_name"), *kept]}
    people = [(f"{StepOwner.PERSON}-{pk}", figures.person(user)) for pk, user in found.items()]
    named = {as_id(row.get("content", "")) for row in rows} - {None}
    newest = Content.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_CONTENTS]
    titles = Content.objects.filter(pk__in={*newest, *named}).order_by("title")
    contents = [(str(pk), title) for pk, title in titles.values_list("pk", "title")]
    forms_of = []
    for number, row in enumerate(rows):
        prefix = f"s{number}"
        data = {f"{prefix}-{name}": value for name, value in row.items()} if is_bound else None
        forms_of.append(StepForm(data, initial=row, prefix=prefix, people=people, contents=contents))
    return forms_of


def _page(
    request: HttpRequest,
    track: NurtureTrack | None,
    form: TrackForm,
    steps: list[StepForm],
    *,
    status: int = 200,
    is_typed: bool = False,
) -> HttpResponse:
    values = {
        "track": track,
        "name": nurture.name_of(track) if track else "",
        "form": form,
        "steps": steps,
        "may_add": len(steps) < MOST_STEPS,
        "is_typed": is_typed or form.is_bound,
    }
    return render(request, "settings/nurture_track.html", values, status=status)
