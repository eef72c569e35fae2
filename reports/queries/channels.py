"""Where leads came from and what became of them: leads acquired in the period, by first channel (DESIGN §7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from feedback.models import Opportunity
from handoff.models import StageEntry
from leads.domain.choices import Stage
from leads.models import Campaign, Channel, Lead
from reports.domain.figures import UNCERTAIN_BELOW, Spread, divided
from reports.domain.periods import Period
from reports.queries import scope
from reports.queries.funnel import in_days
from reports.queries.quantiles import spreads
from reports.queries.reached import taken_back
from reports.queries.scope import Question

STAGES = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)


@dataclass(frozen=True)
class ChannelRow:
    """One channel (None: leads without one, or the total). Money in the deals' own amounts, lead time in days."""

    channel: Channel | None
    leads: int = 0
    mql: int = 0
    sal: int = 0
    sql: int = 0
    opportunities: int = 0
    won: int = 0
    amount: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    lead_time: Spread = Spread()

    @property
    def cost_per_sql(self) -> float | None:
        return divided(self.cost, self.sql)

    @property
    def roi(self) -> float | None:
        """(won amount − cost) ÷ cost; None without cost."""
        return divided(self.amount - self.cost, self.cost)

    @property
    def win_rate_of_leads(self) -> float | None:
        return self.won / self.leads if self.leads else None

    @property
    def is_uncertain(self) -> bool:
        """Too few SQLs for a rate to mean much."""
        return self.sql < UNCERTAIN_BELOW


def channels(question: Question) -> list[ChannelRow]:
    """A row per channel that had leads or cost, the most SQLs first; five queries."""
    counts, amounts, times = _counts(question), _amounts(question), _lead_times(question)
    costs = _costs(question)
    known = Channel.objects.in_bulk((set(counts) | set(costs)) - {None})
    rows = [
        ChannelRow(
            channel=known.get(key) if key is not None else None,
            amount=amounts.get(key, Decimal(0)),
            cost=costs.get(key, Decimal(0)),
            lead_time=times.get(key, Spread()),
            **counts.get(key, {}),
        )
        for key in sorted(set(counts) | set(costs), key=lambda key: key or 0)
    ]
    return sorted(rows, key=lambda row: (-row.sql, -row.leads))


def total(rows: Iterable[ChannelRow]) -> ChannelRow:
    """All channels together; lead times don't add up and are left out."""
    listed = list(rows)
    names = ("leads", "mql", "sal", "sql", "opportunities", "won", "amount", "cost")
    return ChannelRow(channel=None, **{name: sum((getattr(row, name) for row in listed), start=0) for name in names})


def leads_behind(question: Question, *, channel: int | None, stage: str) -> QuerySet[Lead]:
    """The leads behind one figure of the table; `stage` empty means all acquired."""
    found = scope.leads_acquired(question).filter(channel=channel)
    if not stage:
        return found
    entered = StageEntry.objects.filter(stage=stage, at__lte=question.as_of)
    found = found.filter(pk__in=entered.values("lead"))
    return found.exclude(taken_back(lead="pk", as_of=question.as_of)) if stage == Stage.WON else found


def _counts(question: Question) -> dict[int | None, dict[str, int]]:
    """One join from the leads to their first entries, grouped by channel."""
    entered = Q(stage_entries__at__lte=question.as_of)
    counts = {
        ("opportunities" if stage == Stage.OPPORTUNITY else stage.value): Count(
            "stage_entries", filter=entered & Q(stage_entries__stage=stage)
        )
        for stage in STAGES
    }
    stands = ~Q(taken_back(lead="pk", as_of=question.as_of))
    counts["won"] = Count("stage_entries", filter=entered & Q(stage_entries__stage=Stage.WON) & stands)
    rows = scope.leads_acquired(question).order_by().values("channel")
    grouped = rows.annotate(leads=Count("pk", distinct=True), **counts)
    return {row.pop("channel"): row for row in grouped}


def _amounts(question: Question) -> dict[int | None, Decimal]:
    day = question.as_of.astimezone(question.period.zone).date()
    won = Opportunity.objects.filter(result="won", closed_on__lte=day, lead__in=scope.leads_acquired(question))
    rows = won.order_by().values("lead__channel").annotate(amount=Sum("amount"))
    return {row["lead__channel"]: row["amount"] or Decimal(0) for row in rows}


def _lead_times(question: Question) -> dict[int | None, Spread]:
    """Acquisition to won in days, without imports that have no date."""
    won = StageEntry.objects.filter(
        stage=Stage.WON, at__lte=question.as_of, undated=False, lead__in=scope.leads_acquired(question)
    )
    timed = won.annotate(length=F("at") - F("lead__acquired_at"), of_channel=F("lead__channel"))
    found = spreads(timed.exclude(taken_back(lead="lead", as_of=question.as_of)), group="of_channel", value="length")
    return {key: in_days(spread) for key, spread in found.items()}  # type: ignore[misc]


def _costs(question: Question) -> dict[int | None, Decimal]:
    """Each campaign's cost, as far as its days fall into the period."""
    filters = question.filters
    campaigns = Campaign.objects.filter(cost__gt=0)
    if filters.channel:
        campaigns = campaigns.filter(channel=filters.channel)
    if filters.campaign:
        campaigns = campaigns.filter(pk=filters.campaign)
    costs: dict[int | None, Decimal] = {}
    for campaign in campaigns:
        share = cost_within(campaign, question.period)
        if share:
            costs[campaign.channel_id] = costs.get(campaign.channel_id, Decimal(0)) + share
    return costs


def cost_within(campaign: Campaign, period: Period) -> Decimal:
    """The cost spread evenly over the campaign's days, both included; without any day it belongs to no period."""
    first = campaign.starts_on or campaign.ends_on
    last = campaign.ends_on or campaign.starts_on
    if first is None or last is None or last < first:
        return Decimal(0)
    days = (last - first).days + 1
    inside = (min(last, period.last_on) - max(first, period.from_on)).days + 1
    return campaign.cost * max(0, inside) / days
