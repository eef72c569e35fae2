"""Whom the held rows of a page may mean, told so that two who are alike can be told apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import pgettext

from leads.domain import prefectures
from leads.models import ImportRow, Lead


@dataclass(frozen=True)
class Candidate:
    """A lead that a held row may mean; `told` is its title, with what tells it from another of its name and title."""

    lead: Lead
    told: str


def of(rows: Iterable[ImportRow]) -> dict[int, Candidate]:
    """By the ids that the rows keep. Who was merged since is met as the lead they were merged into."""
    ids = {pk for row in rows for pk in row.candidates}
    found = Lead.objects.select_related("company", "merged_into__company").in_bulk(ids) if ids else {}
    stays = {pk: lead.merged_into or lead for pk, lead in found.items()}
    told = _told({lead.pk: lead for lead in stays.values() if lead.is_present}.values())
    return {pk: told[lead.pk] for pk, lead in stays.items() if lead.pk in told}


def _told(leads: Iterable[Lead]) -> dict[int, Candidate]:
    alike: dict[tuple[str, str, str], list[Lead]] = defaultdict(list)
    for lead in leads:
        alike[str(lead.company or ""), lead.name, lead.title].append(lead)
    dot = pgettext("separator", " · ")
    return {
        lead.pk: Candidate(lead, dot.join(filter(None, [lead.title, _apart(lead, group)])))
        for group in alike.values()
        for lead in group
    }


def _apart(lead: Lead, group: Sequence[Lead]) -> str:
    """What this one alone of the group has; '' where there is nobody else."""
    if len(group) == 1:
        return ""
    others = [_details(one) for one in group if one is not lead]
    own = (said for place, said in enumerate(_details(lead)) if said and all(one[place] != said for one in others))
    return next(own, f"#{lead.pk}")


def _details(lead: Lead) -> list[str]:
    prefecture = prefectures.shown(lead.company.prefecture) if lead.company and lead.company.prefecture else ""
    return [lead.email, lead.mobile, lead.phone, lead.department, prefecture]
