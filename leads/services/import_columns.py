"""Makes the own fields that an import's mapping names and that are missing, each of the kind that its cells have."""

from journal.transactions import retried
from leads.domain.import_custom import ColumnKind
from leads.domain.import_fields import CUSTOM
from leads.models import CustomField, ImportRow, ImportRun


def make_missing(run: ImportRun) -> None:
    """Call it when all rows are read: one glance at every cell decides, not a guess from the first few."""
    wanted = _wanted(run)
    known = set(CustomField.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = {key: header for key, header in wanted.items() if key not in known}
    if missing:
        _make(missing, _kinds(run, missing))


def _wanted(run: ImportRun) -> dict[str, str]:
    """Header by key of every own field that the mapping names and that takes its cells as they are."""
    found = {}
    for header, target in run.mapping.items():
        name = target["field"] if isinstance(target, dict) else target
        if name.startswith(CUSTOM):
            found[name.removeprefix(CUSTOM)] = header
    return found


def _kinds(run: ImportRun, missing: dict[str, str]) -> dict[str, ColumnKind]:
    kinds = {key: ColumnKind(run.date_order) for key in missing}
    places = [(kinds[key], run.headers.index(header)) for key, header in missing.items()]
    rows = ImportRow.objects.filter(run=run).exclude(old={"unreadable": True}).values_list("cells", flat=True)
    for cells in rows.iterator(chunk_size=200):
        for kind, place in places:
            if place < len(cells):
                kind.see(cells[place])
    return kinds


@retried
def _make(missing: dict[str, str], kinds: dict[str, ColumnKind]) -> None:
    for key, header in missing.items():
        CustomField.objects.get_or_create(key=key, defaults={"label": header[:80], "kind": kinds[key].kind})
