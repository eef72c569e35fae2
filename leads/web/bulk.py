"""Bulk actions of the list: ask, begin, show how far it is, take back. Tags are this app's own."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import figures, toasts
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from accounts.web.places import safe_next
from journal import clock
from journal.errors import DomainError, Forbidden
from leads.domain.tag_names import MOST_CHARACTERS
from leads.models import BulkRun, Tag
from leads.queries import bulk as bulk_queries
from leads.queries import tags as tag_queries
from leads.services import bulk_runs, tags
from leads.web import bulk_words, chosen
from leads.web.chosen import Chosen

MOST_NAMED = 3


@dataclass(frozen=True)
class Question:
    """What a page asks before many leads change: `notes` say what follows."""

    title: Any
    verb: Any
    notes: list[Any] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


def is_sent(request: HttpRequest) -> bool:
    """Whether the page's own form came, or only the list's selection."""
    return "sent" in request.POST


def ask(request: HttpRequest, form: forms.Form, picked: Chosen, question: Question) -> HttpResponse:
    """The page that asks; without any lead it goes back to the list and says so."""
    total, is_capped = picked.count()
    if not total:
        toasts.warn(request, str(bulk_runs.NothingChosen()))
        return redirect(picked.back)
    context = {"form": form, "picked": picked, "total": total, "is_capped": is_capped, "question": question}
    return render(request, "leads/bulk_form.html", context | question.extra, status=400 if form.errors else 200)


def begin(
    request: HttpRequest, form: forms.Form, picked: Chosen, *, action: str, values: dict[str, Any]
) -> HttpResponse | None:
    """Starts it and goes where its result is; None when it was refused, with the reason in the form."""
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        run = bulk_runs.start(
            action=action,
            values=values,
            lead_ids=picked.lead_ids(),
            by=request.user,  # type: ignore[arg-type]
            at=at,
            now=clock.now,
            back=picked.back,
        )
    except Forbidden as error:
        raise PermissionDenied from error
    except DomainError as error:
        show_error(form, error)
        return None
    return _answer(request, run)


def _answer(request: HttpRequest, run: BulkRun) -> HttpResponse:
    """Back to the list with a word and a way back; what takes longer, or was refused often, has a page."""
    if run.is_working or run.refused > MOST_NAMED:
        return redirect("bulk-run", pk=run.pk)
    at = request.entry.at  # type: ignore[attr-defined]
    bulk_runs.see(run=run, at=at)
    undo_url = reverse("bulk-run-undo", args=[run.pk]) if bulk_runs.can_undo(run) else ""
    if run.changed or not run.refused:
        toasts.say(request, bulk_words.done(run), undo_url=undo_url)
    for group in bulk_queries.left_alone(run, request.user):  # type: ignore[arg-type]
        names = _(", ").join(figures.person(lead) for lead in group.leads)
        reason = bulk_words.reason(run, group.reason)
        toasts.warn(request, _("%(name)s: %(reason)s") % {"name": names, "reason": reason} if names else reason)
    return redirect(run.back or "leads")


def _run(request: HttpRequest, pk: int) -> BulkRun:
    """One's own; nobody else can open it."""
    return get_object_or_404(BulkRun.objects.select_related("created_by"), pk=pk, created_by=request.user)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands: a bar while it is under way, then what came of it."""
    run = _run(request, pk)
    words = bulk_words.of(run)
    context: dict[str, Any] = {"run": run, "title": words.doing(run)}
    if run.is_working:
        is_undo = run.state == BulkRun.State.UNDOING
        context |= {"done": run.undone if is_undo else run.worked, "of": run.changed if is_undo else run.total}
        context["label"] = _("Undoing") if is_undo else _("In progress")
        template = "leads/_bulk_progress.html" if request.htmx else "leads/bulk_run.html"  # type: ignore[attr-defined]
        return render(request, template, context)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    bulk_runs.see(run=run, at=request.entry.at)  # type: ignore[attr-defined]
    groups = [
        (bulk_words.reason(run, group.reason), group)
        for group in bulk_queries.left_alone(run, request.user)  # type: ignore[arg-type]
    ]
    return render(request, "leads/bulk_run.html", context | _result(run) | {"groups": groups})


def _result(run: BulkRun) -> dict[str, Any]:
    said = _said_undone(run) if run.state == BulkRun.State.UNDONE else bulk_words.done(run)
    is_failed = run.state == BulkRun.State.FAILED
    return {"said": said, "is_failed": is_failed, "can_undo": bulk_runs.can_undo(run)}


def _said_undone(run: BulkRun) -> str:
    back = run.undone - run.left
    said = ngettext("%(n)s lead restored.", "%(n)s leads restored.", back) % {"n": figures.number(back)}
    if run.left:
        rest = ngettext(
            "%(n)s has since been changed by someone else and stays as it is.",
            "%(n)s have since been changed by someone else and stay as they are.",
            run.left,
        )
        said = pgettext("between sentences", " ").join((said, rest % {"n": figures.number(run.left)}))
    return said


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it back where nobody has changed anything since."""
    run = _run(request, pk)
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        run = bulk_runs.undo(run=run, by=request.user, at=at, now=clock.now)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, str(error))
        return redirect(safe_next(request, reverse("bulk-run", args=[pk])))
    if run.is_working:
        return redirect("bulk-run", pk=pk)
    bulk_runs.see(run=run, at=at)
    toasts.say(request, _said_undone(run))
    return redirect(safe_next(request, run.back or reverse("leads")))


# -- tags ---------------------------------------------------------------------------------------
class TagForm(forms.Form):
    """Which tag, and whether it is put on or taken away."""

    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(attrs={"list": "tags-in-use", "autocomplete": "off", "autofocus": True}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            (tags.ADD, pgettext_lazy("tag", "Add tag")),
            (tags.REMOVE, pgettext_lazy("tag", "Remove tag")),
        ],
        initial=tags.ADD,
        widget=forms.RadioSelect(attrs={"class": "hf-check"}),
    )


@needs(Permission.EDIT_LEADS)
@require_POST
def tag(request: HttpRequest) -> HttpResponse:
    """Puts a tag on the chosen leads, or takes it off."""
    picked = chosen.read(request)
    form = TagForm(request.POST if is_sent(request) else None)
    if form.is_valid() and (found := _tag(request, form)) is not None:
        values = {"tag": found.pk, "name": found.name}
        answer = begin(request, form, picked, action=form.cleaned_data["way"], values=values)
        if answer is not None:
            return answer
    note = _("A tag is a label of your own. You can filter lists by it.")
    extra = {"tags_in_use": tag_queries.in_use()}
    return ask(request, form, picked, Question(_("Tag leads"), pgettext_lazy("button", "Save"), [note], extra))


def _tag(request: HttpRequest, form: TagForm) -> Tag | None:
    at = request.entry.at  # type: ignore[attr-defined]
    try:
        return tags.named(form.cleaned_data["tag"], at=at)
    except DomainError as error:
        show_error(form, error)
        return None


def _tagged(run: BulkRun) -> str:
    said = ngettext("“%(tag)s” added to %(n)s lead.", "“%(tag)s” added to %(n)s leads.", run.changed)
    return said % {"tag": run.values["name"], "n": figures.number(run.changed)}


def _untagged(run: BulkRun) -> str:
    said = ngettext("“%(tag)s” removed from %(n)s lead.", "“%(tag)s” removed from %(n)s leads.", run.changed)
    return said % {"tag": run.values["name"], "n": figures.number(run.changed)}


bulk_words.register(
    tags.ADD, bulk_words.Words(lambda run: _("Add tag “%(tag)s”") % {"tag": run.values["name"]}, _tagged)
)
bulk_words.register(
    tags.REMOVE, bulk_words.Words(lambda run: _("Remove tag “%(tag)s”") % {"tag": run.values["name"]}, _untagged)
)
