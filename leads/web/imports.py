"""The pages of imports: drop a file, say what its columns mean, look at the preview, take it in."""

from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.web.typed import typed
from journal.errors import DomainError
from leads.domain.file_names import file_name
from leads.domain.import_columns import channel_told
from leads.imports import starter_sheet
from leads.models import ImportRow, ImportRun
from leads.queries import imports
from leads.services import import_mending, import_resolving, import_runs, import_undoing
from leads.web import import_views as shown
from leads.web.import_forms import ColumnsForm, ReadingForm, UploadForm

State = ImportRun.State
MOST_LISTED = 30


def _allowed(request: HttpRequest) -> None:
    if not request.user.may(Permission.IMPORT_LEADS):  # type: ignore[union-attr]
        raise PermissionDenied


def _run(request: HttpRequest, pk: int) -> ImportRun:
    _allowed(request)
    return get_object_or_404(imports.runs(), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The place to drop a file, and what was taken in before."""
    _allowed(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        run = _start(request, form)
        if run is not None:
            return redirect("import-columns", pk=run.pk)
    context = {"form": form, **shown.listed(imports.runs()[:MOST_LISTED])}
    return render(request, "leads/imports.html", context, status=400 if form.errors else 200)


def _start(request: HttpRequest, form: UploadForm) -> ImportRun | None:
    file = form.cleaned_data["file"]
    try:
        return import_runs.start(
            file=file,
            filename=file.name,
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
            encoding=form.cleaned_data["encoding"],
            asks=True,
        )
    except DomainError as error:
        form.add_error("encoding" if error.code.startswith("encoding") else "file", str(error))
        return None


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What was understood, and what each column means."""
    run = _run(request, pk)
    if run.state != State.PREVIEW:
        return redirect("import", pk=pk)
    initial = {
        # told by the columns until somebody has looked through them: an empty field is an answer too
        "channel": run.channel.name if run.channel else "" if run.rows else channel_told(run.mapping),
        "campaign": run.campaign.name if run.campaign else "",
        "outcome": run.constants.get("outcome", ""),
        "match_on": run.match_on,
        "date_order": run.date_order,
    }
    form = ColumnsForm(request.POST or None, run=run, initial=initial)
    if request.method == "POST" and form.is_valid() and _confirm(request, run, form):
        return redirect("import", pk=pk)
    return _columns_page(request, run, form, ReadingForm(run=run))


def _columns_page(request: HttpRequest, run: ImportRun, form: ColumnsForm, reading_form: ReadingForm) -> HttpResponse:
    context = {"run": run, "form": form, "reading": reading_form, "known": form.known()}
    context |= {"understood": shown.understood(run), "left_out": shown.left_out(run)}
    status = 400 if form.errors or reading_form.errors else 200
    return render(request, "leads/imports_columns.html", context, status=status)


@login_required
@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads the file anew: another sheet, another encoding, another line of column names."""
    run = _run(request, pk)
    form = ReadingForm(request.POST, run=run)
    if form.is_valid():
        try:
            import_runs.read_again(run=run, by=request.user, **form.chosen())  # type: ignore[arg-type]
            return redirect("import-columns", pk=pk)
        except DomainError as error:
            form.add_error(None, str(error))
    return _columns_page(request, run, ColumnsForm(run=run), form)


@login_required
@require_POST
def date_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Says how 1/2/2026 is to be read; the preview is made anew."""
    run = _run(request, pk)
    run.date_order = typed(request, "order")
    return _preview_again(request, run)


@login_required
@require_POST
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what words of the file mean; the preview is made anew."""
    run = _run(request, pk)
    for place, (header, (_kind, counted)) in enumerate(imports.unknown_words(run).items()):
        target = run.mapping[header]
        known = target if isinstance(target, dict) else {"field": target, "values": {}}
        said = {word: typed(request, f"word-{place}-{number}", "?") for number, word in enumerate(counted)}
        values = known.get("values", {}) | {word: meaning for word, meaning in said.items() if meaning != "?"}
        run.mapping[header] = {"field": known["field"], "values": values}
    return _preview_again(request, run)


def _preview_again(request: HttpRequest, run: ImportRun) -> HttpResponse:
    try:
        import_runs.confirm(
            run=run,
            mapping=run.mapping,
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
            match_on=run.match_on,
            channel=run.channel,
            campaign=run.campaign,
            create_custom=run.create_custom,
            date_order=run.date_order,
        )
    except DomainError as error:
        # The page has no field beside which each fault could stand.
        faults = dict.fromkeys(str(fault.message) for fault in error.errors)
        toasts.warn(request, " ".join(faults) or str(error))
    return redirect("import", pk=run.pk)


def _confirm(request: HttpRequest, run: ImportRun, form: ColumnsForm) -> bool:
    given = {name: form.cleaned_data[name] for name in ("channel", "campaign", "match_on", "date_order")}
    try:
        import_runs.confirm(
            run=run,
            mapping=form.mapping(),
            constants=form.constants(),
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
            create_custom=True,
            **given,
        )
    except DomainError as error:
        places = {header: f"column-{place}" for place, header in enumerate(run.headers)}
        for fault in error.errors:
            name = places.get(fault.field, fault.field)
            form.add_error(name if name in form.fields else None, str(fault.message))
        if not error.errors:
            form.add_error(None, str(error))
        return False
    return True


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands: under way, as a preview, or with its result."""
    run = _run(request, pk)
    if run.state == State.PREVIEW and not run.rows:
        return redirect("import-columns", pk=pk)
    template = "leads/_import_progress.html" if request.htmx else "leads/imports_run.html"  # type: ignore[attr-defined]
    if shown.is_working(run):
        return render(request, template, {"run": run, "progress": shown.progress(run)})
    if request.htmx:  # type: ignore[attr-defined]
        # What was under way has come to rest: the whole page is another one now.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = shown.result(run, request.GET, at=request.entry.at)  # type: ignore[attr-defined]
    return render(request, "leads/imports_result.html", context)


@login_required
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes what the preview shows."""
    return _do(request, pk, import_runs.commit)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a file that was looked at and not imported."""
    run = _run(request, pk)
    try:
        import_runs.discard(run=run, by=request.user, at=request.entry.at)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, str(error))
        return redirect("import", pk=pk)
    toasts.say(request, _("%(file)s was discarded. Nothing was imported.") % {"file": run.filename})
    return redirect("imports")


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the import back."""
    return _do(request, pk, import_undoing.undo)


def _do(request: HttpRequest, pk: int, verb: Any) -> HttpResponse:
    run = _run(request, pk)
    try:
        verb(run=run, by=request.user, at=request.entry.at)  # type: ignore[attr-defined]
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect("import", pk=pk)


@login_required
@require_POST
def resolve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Decides on a held row."""
    run = _run(request, pk)
    row = _of_row(request, run, number, import_resolving.resolve, meaning=typed(request, "as"))
    if row is not None:
        said = _("Line %(line)s decided.") if row.resolution else _("Line %(line)s is undecided again.")
        toasts.say(request, said % {"line": row.line})
    # In a preview the row stays where it is, and so does who decides on it.
    place = f"row-{number}" if run.state == State.PREVIEW else "results"
    return redirect(f"{_page(request, pk, 'duplicate')}#{place}")


@login_required
@require_POST
def mend(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Writes cells of a refused row anew."""
    run = _run(request, pk)
    given = {place: f"cell-{place}" for place in range(len(run.headers))}
    cells = {place: typed(request, name) for place, name in given.items() if name in request.POST}
    row = _of_row(request, run, number, import_mending.mend, cells=cells)
    if row is not None:
        is_taken, text = shown.mended(row, run)
        tell = toasts.say if is_taken else toasts.warn
        tell(request, text)
    # What is still wrong is looked for where it was corrected; with what is taken, the rows below move up.
    is_there = row is not None and row.result == ImportRow.Result.REFUSED
    return redirect(f"{_page(request, pk, 'refused')}#{f'row-{number}' if is_there else 'results'}")


def _of_row(request: HttpRequest, run: ImportRun, number: int, verb: Any, **said: Any) -> ImportRow | None:
    """The row as it is after what somebody said of it; None where that can't be, with the reason told."""
    try:
        row: ImportRow = verb(
            run=run,
            number=number,
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
            **said,
        )
    except ImportRow.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        toasts.warn(request, str(error))
        return None
    return row


def _page(request: HttpRequest, pk: int, result: str) -> str:
    """The page of such rows that was acted from: acting on the third page doesn't lead back to the first."""
    after = typed(request, "after")
    return f"{reverse('import', args=[pk])}?{urlencode({'result': result} | ({'after': after} if after else {}))}"


@login_required
@require_POST
def resolve_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides on all held rows alike."""
    run = _run(request, pk)
    try:
        count = import_resolving.resolve_all(
            run=run,
            meaning=typed(request, "as"),
            by=request.user,
            at=request.entry.at,  # type: ignore[attr-defined]
        )
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        said = ngettext("%(count)s row decided.", "%(count)s rows decided.", count)
        toasts.say(request, said % {"count": count})
    return redirect(f"{reverse('import', args=[pk])}?result=duplicate")


@login_required
@require_GET
def starter(request: HttpRequest) -> HttpResponse:
    """The empty starter sheet, to be filled in and dropped here."""
    _allowed(request)
    return _workbook(starter_sheet.empty(), starter_sheet.name())


@login_required
@require_GET
def refused_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a workbook that keeps every cell as it was written."""
    run = _run(request, pk)
    return _workbook(imports.refused_xlsx(run), _refused_name(run, "xlsx"))


def _refused_name(run: ImportRun, kind: str) -> str:
    """Named after the file that the rows come from, so that the two lie beside each other."""
    rest = pgettext("import file", "not imported")
    return file_name(PurePath(run.filename).stem, f" - {rest}.{kind}", otherwise=f"import-{run.pk}")


def _workbook(data: bytes, name: str) -> HttpResponse:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


@login_required
@require_GET
def refused(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The refused rows as a file that can be mended and taken in again."""
    run = _run(request, pk)
    answer = StreamingHttpResponse(imports.refused_csv(run), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, _refused_name(run, "csv")) or ""
    return answer
