"""Deals follow the lead that survives a merge, and go back when it is undone."""

from feedback.models import Opportunity
from leads.models import Merge
from leads.services.merging import remember


def merge(*, row: Merge) -> None:
    """Every deal of the loser is the survivor's; nothing of the deal itself changes."""
    deals = list(Opportunity.objects.filter(lead=row.loser_id).values_list("pk", flat=True))
    Opportunity.objects.filter(pk__in=deals).update(lead=row.survivor_id)
    remember(merge=row, app="feedback", state={"deals": deals})


def unmerge(*, row: Merge) -> None:
    """The deals that came with the loser are its own again."""
    Opportunity.objects.filter(pk__in=row.before["feedback"]["deals"]).update(lead=row.loser_id)
