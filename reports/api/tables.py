"""Each report as one flat table: the same rows go out as JSON and as CSV."""

from collections.abc import Callable
from typing import Any

from reports.api.rounding import rounded
from reports.api.score_outcome import score_outcome_rows
from reports.domain.fairness import WAYS
from reports.domain.figures import UNCERTAIN_BELOW, Rate, Spread
from reports.queries import channels, fairness, feedback, funnel, kpis, sides, sla, trend, velocity
from reports.queries.scope import Question

Row = dict[str, Any]


def kpi_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """handoffs, acted, opportunities, wins, sla, given_back, never_contacted; per week or month with `group_by=time`."""
    if group_by == "time":
        return [{"starts_on": point.starts_on, **row} for point in trend.trend(question) for row in _kpis(point.kpis)]
    return _kpis(kpis.kpis(question))


def funnel_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """A row per stage of the cohort."""
    found = funnel.funnel(question, cohort=cohort or "mql")
    return [
        {"stage": step.stage.value, "reached": step.reached}
        | _rate(step.conversion or Rate(0, 0), "conversion")
        | _spread(step.days, "days")
        for step in found.steps
    ]


def velocity_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """A row per step of the ladder."""
    return [
        {"stage": row.stage.value, "next_stage": row.following.value}
        | _spread(row.to_next, "to_next_days")
        | _spread(row.stay, "stay_days")
        for row in velocity.velocity(question)
    ]


def channel_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """A row per channel; money as decimal text."""
    return [
        {
            "channel": row.channel.name if row.channel else "",
            "channel_id": str(row.channel.pk) if row.channel else None,
            "leads": row.leads,
            "mql": row.mql,
            "sal": row.sal,
            "sql": row.sql,
            "opportunities": row.opportunities,
            "won": row.won,
            "amount": f"{row.amount:.2f}",
            "cost": f"{row.cost:.2f}",
            "cost_per_sql": rounded(row.cost_per_sql, 2),
            "roi": rounded(row.roi),
            "win_rate_of_leads": rounded(row.win_rate_of_leads),
            "uncertain": row.is_uncertain,
            "lead_time_median_days": rounded(row.lead_time.median, 2),
            "lead_time_p90_days": rounded(row.lead_time.p90, 2),
        }
        for row in channels.channels(question)
    ]


def sla_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """All, then by kind of promise, team and person; minutes are working minutes, those of pauses left out."""
    found = sla.sla(question)
    rows = [_party("all", None, "", found.kept, found.answer, found.contact, paused=found.paused)]
    rows += [_party("kind", None, kind, rate, Spread(), Spread()) for kind, rate in found.by_kind.items()]
    for group, parties in (("team", found.teams), ("person", found.people)):
        rows += [
            _party(group, str(party.who.pk), party.who.name, party.kept, party.answer, party.contact)
            for party in parties
        ]
    return rows


def feedback_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """Rates, mean quality, and the reasons ranked."""
    found = feedback.returns(question)
    rows = [
        {"figure": "feedback_rate", "code": "", **_rate(found.given, "value")},
        {"figure": "sheet_useful", "code": "", **_rate(found.useful, "value")},
        {"figure": "quality", "code": "", **_plain(rounded(found.quality, 2), sum(found.quality_counts))},
        {"figure": "pipeline_share", "code": "", **_plain(rounded(found.pipeline_share), None)},
    ]
    for figure, ranked in vars(found.reasons).items():
        rows += [{"figure": f"{figure}_reason", "code": code, **_plain(count, None)} for code, count in ranked]
    return rows


def sides_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """Marketing's volume and quality, then by leg sales' promises and both delays in minutes."""
    found = sides.sides(question)
    made = found.marketing
    counts = (("handed_over", made.handed), ("target", rounded(made.target, 1)))
    rows = [_side("marketing", made.leg, figure, _plain(value, None)) for figure, value in counts]
    rows.append(_side("marketing", made.leg, "accepted", _rate(made.accepted, "value")))
    rows.append(_side("marketing", made.leg, "quality", _plain(rounded(made.quality, 2), made.judged)))
    for sales in found.sales:
        kept = (("contact", sales.contact), ("meeting", sales.meeting), ("depth", sales.depth))
        rows += [_side("sales", sales.leg, figure, _rate(rate, "value")) for figure, rate in kept]
        delays = (("system_delay_median", sales.system), ("human_delay_median", sales.human))
        rows += [
            _side("sales", sales.leg, figure, _plain(rounded(spread.median, 2), spread.n)) for figure, spread in delays
        ]
    return rows


def fairness_rows(question: Question, *, group_by: str = "", cohort: str = "") -> list[Row]:
    """A row for each person of each team and leg: given and expected, what a share is made of, and by which way."""
    return [
        {
            "leg": str(group.leg),
            "team": str(group.team.pk),
            "team_name": group.team.name,
            "person": str(row.person.pk),
            "name": row.person.name,
            "given": row.taken.number,
            "expected": rounded(row.expected, 2),
            "deviation": rounded(row.deviation, 2),
            "weight": row.weights.weight,
            "capacity": row.weights.capacity,
            "present_days": row.weights.present_days,
            "absent_days": row.absent_days,
            "full_days": rounded(row.full_days, 2),
            **{way: row.taken.by_way.get(way, 0) for way in WAYS},
            "uncertain": group.number < UNCERTAIN_BELOW,
        }
        for group in fairness.fairness(question.of_every_leg())
        for row in group.rows
    ]


REPORTS: dict[str, Callable[..., list[Row]]] = {
    "kpis": kpi_rows,
    "funnel": funnel_rows,
    "velocity": velocity_rows,
    "channels": channel_rows,
    "sla": sla_rows,
    "sides": sides_rows,
    "fairness": fairness_rows,
    "score-outcome": score_outcome_rows,
    "feedback": feedback_rows,
}


def _kpis(found: kpis.Kpis) -> list[Row]:
    count = {"value": found.handoffs, "numerator": found.handoffs, "denominator": None, "uncertain": False}
    rates = (("acted", found.acted), ("opportunities", found.opportunities), ("wins", found.wins), ("sla", found.sla))
    counts = (("given_back", found.given_back), ("never_contacted", found.never_contacted))
    return [
        {"figure": "handoffs", **count},
        *({"figure": name, **_rate(rate, "value")} for name, rate in rates),
        *(
            {"figure": name, "value": number, "numerator": number, "denominator": found.handoffs, "uncertain": False}
            for name, number in counts
        ),
    ]


def _party(
    group: str, key: str | None, name: str, kept: Rate, answer: Spread, contact: Spread, *, paused: int | None = None
) -> Row:
    row = {"group": group, "id": key, "name": name} | _rate(kept, "compliance")
    return row | _spread(answer, "answer_minutes") | _spread(contact, "contact_minutes") | {"paused": paused}


def _side(side: str, leg: str, figure: str, values: Row) -> Row:
    return {"side": side, "leg": str(leg), "figure": figure} | values


def _rate(rate: Rate, name: str) -> Row:
    return {
        name: rounded(rate.value),
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "uncertain": rate.is_uncertain,
    }


def _plain(value: Any, of: int | None) -> Row:
    return {"value": value, "numerator": None, "denominator": of, "uncertain": False}


def _spread(spread: Spread, name: str) -> Row:
    median, p90 = rounded(spread.median, 2), rounded(spread.p90, 2)
    return {f"{name}_median": median, f"{name}_p90": p90, f"{name}_n": spread.n}


__all__ = ["REPORTS", "Row"]
