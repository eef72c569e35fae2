"""Whether every lead can be explained: why it has its score, why its stage, and who owes what on it or why nobody.

What must hold at every moment is asked set by set in `invariants`; this reads each lead as a person would, line by
line, so it costs as much as opening every lead's page.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.queries import organization
from handoff.domain import stages
from handoff.models import StageTransition
from handoff.queries import eligible
from leads.domain.choices import Stage
from leads.models import Lead
from leads.queries import conditions
from scoring.queries import explain

CHUNK = 500
SCORE, STAGE, DUTY = "score", "stage", "duty"


@dataclass
class Explained:
    """How many leads were read; `owed` by kind of duty, `free` by why nothing is owed, `unexplained` by question."""

    number: int = 0
    owed: Counter[str] = field(default_factory=Counter)
    free: Counter[str] = field(default_factory=Counter)
    unexplained: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def every_lead(*, at: datetime) -> Explained:
    """Reads all leads that are present, as of `at`."""
    told = Explained()
    ids = list(Lead.objects.present().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        _read(told, ids[start : start + CHUNK], at)
    return told


def _read(told: Explained, ids: list[int], at: datetime) -> None:
    told.number += len(ids)
    told.unexplained[SCORE] += _scores_that_do_not_add_up(ids, at)
    chains = _chains(ids)
    takeable = {lead.pk for lead in eligible.newly(ids, at=at)}
    for lead in Lead.objects.filter(pk__in=ids).select_related("owner", "score").order_by("pk"):
        chain = chains[lead.pk]
        if not _leads_to(chain, lead):
            told.unexplained[STAGE].append(lead.pk)
        kinds, kind = (told.owed, _owed(lead)) if lead.due_kind else (told.free, _why_nothing(lead, takeable))
        if kind:
            kinds[kind] += 1
        else:
            told.unexplained[DUTY].append(lead.pk)


# -- the score ----------------------------------------------------------------------------------
def _scores_that_do_not_add_up(ids: Sequence[int], at: datetime) -> list[int]:
    """Those whose explanation's lines do not sum up to the stored total, or that have no score yet."""
    known, home = conditions.registry(), organization.current()
    leads = Lead.objects.filter(pk__in=ids).select_related("score").order_by("pk")
    facts = conditions.facts(leads, known=known, zone=home.zone)
    day = organization.local_day(at, home)
    read = ((lead, getattr(lead, "score", None)) for lead in leads)
    told = (
        (lead.pk, explain.of_facts(lead, facts[lead.pk], stored=stored, day=day, known=known, is_dated=False))
        for lead, stored in read
    )
    return [pk for pk, why in told if why.is_stale or why.total != sum(line.points for line in why.lines)]


# -- the stage ----------------------------------------------------------------------------------
def _chains(ids: Sequence[int]) -> dict[int, list[StageTransition]]:
    chains: dict[int, list[StageTransition]] = defaultdict(list)
    for row in StageTransition.objects.filter(lead__in=ids).order_by("lead", "pk"):
        chains[row.lead_id].append(row)
    return chains


def _leads_to(chain: Sequence[StageTransition], lead: Lead) -> bool:
    """From LEAD step by step to where it is, each step with its reason and in the table, or imported."""
    origin = Stage.LEAD.value
    for step in chain:
        if step.from_stage != origin or not step.reason:
            return False
        if not step.imported and not stages.is_allowed(step.from_stage, step.to_stage):
            return False
        origin = step.to_stage
    return lead.stage == origin and (not chain or lead.stage_since == chain[-1].at)


# -- what is owed -------------------------------------------------------------------------------
def _owed(lead: Lead) -> str:
    """The kind of its duty; '' where nobody who is there, and no team's queue, owes it by a moment."""
    somebody = lead.owner.is_active if lead.owner is not None else lead.team_id is not None
    return lead.due_kind if somebody and lead.due_at is not None else ""


def _why_nothing(lead: Lead, takeable: Collection[int]) -> str:
    """Why nobody owes anything, in a word; '' where somebody should."""
    if lead.stage in (Stage.WON, Stage.DISQUALIFIED):
        return lead.stage
    if lead.stage not in (Stage.LEAD, Stage.MAL) or lead.pk in takeable:
        return ""
    if lead.do_not_contact:
        return "do_not_contact"
    score = getattr(lead, "score", None)
    return "gate" if score is not None and score.reaches_line else "below_line"
