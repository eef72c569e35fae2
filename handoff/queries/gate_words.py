"""What a gate asks for, as a sentence: the workflow page and the settings say the same."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from handoff.domain.questions import ITEMS
from handoff.models import Gate
from handoff.queries import gates, legs
from leads.queries import conditions


def both() -> list[Gate]:
    """The gates in the order in which a lead meets them; one that was never set up is off."""
    stored = {gate.kind: gate for gate in Gate.objects.all()}
    return [stored.get(kind) or Gate(kind=kind, mode=Gate.Mode.OFF, version=0) for kind in Gate.Kind.values]


def said(gate: Gate) -> str:
    """What must be met and what follows when it isn't; of a gate that is off or empty only that."""
    if gate.mode == Gate.Mode.OFF:
        return str(gate.get_mode_display())
    wanted, items = conditions.said(gate.condition), [_entry(entry) for entry in gate.required]
    if gate.kind == Gate.Kind.MQL and gate.mode == Gate.Mode.BLOCK and wanted and items:
        # Its items warn at the offer, whatever the condition does (DESIGN §4).
        return _("; ").join((_refused(wanted), _warned(_(", ").join(items))))
    needs = _(", ").join([*([wanted] if wanted else []), *items])
    if not needs:
        return _("Nothing")
    return _refused(needs) if _refuses(gate, wanted) else _warned(needs)


def mode(gate: Gate) -> str:
    """What the gate does: off, warns, blocks; nothing where it asks for nothing."""
    asks = gate.condition or gate.required
    return str(gate.get_mode_display()) if asks or gate.mode == Gate.Mode.OFF else _("Nothing")


def _refuses(gate: Gate, wanted: str) -> bool:
    """With one leg the SQL gate has no offer to refuse; the MQL gate refuses by its condition alone."""
    if gate.mode != Gate.Mode.BLOCK:
        return False
    return bool(wanted) if gate.kind == Gate.Kind.MQL else not legs.has_one_leg()


def _refused(needs: str) -> str:
    return _("%(needs)s; otherwise not handed over") % {"needs": needs}


def _warned(needs: str) -> str:
    return _("%(needs)s; otherwise a warning") % {"needs": needs}


def _entry(entry: Mapping[str, Any]) -> str:
    if "item" in entry:
        return str(ITEMS[entry["item"]].label)
    return gates.group_label(entry["of"], entry["at_least"])
