"""What a backtest is asked and answers over HTTP: counts as they are, rates from 0 to 1 with four digits or null."""

from typing import Any

from rest_framework import serializers

from accounts.api.moments import DayField
from reports.api.questions import check_names, check_period
from reports.api.rounding import rounded
from reports.domain import backtest as arithmetic
from reports.domain.backtest import Cut, Decile, Told
from reports.domain.figures import Rate
from reports.queries.backtest import OPPORTUNITY, OUTCOMES, Backtest, Side
from reports.queries.scope import Question
from scoring.models import ScoringModel
from scoring.queries.effect import Crossing
from scoring.queries.explain import label
from scoring.services.draft_values import MOST_LINE

Row = dict[str, Any]


class BacktestRequest(serializers.Serializer[Any]):
    """The period whose handoffs are replayed, and from which total on the draft would have handed over."""

    to = DayField(help_text="First local day that is out")
    threshold = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_LINE, help_text="In place of the draft's line"
    )
    outcome = serializers.ChoiceField(
        OUTCOMES, default=OPPORTUNITY, help_text="What counts as success after the offer: opportunity or won"
    )

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of the language, so it can't be an attribute of the class.
        return {"from": DayField(help_text="First local day"), **super().get_fields()}

    def to_internal_value(self, data: Any) -> Any:
        check_names(data, self.fields)
        return super().to_internal_value(data)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        check_period(given["from"], given["to"])
        return given


def _count(text: str) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=text)


def _share(text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=text)


class BacktestCounts(serializers.Serializer[Any]):
    total = _count("Handoffs of marketing's leg offered in the period; withdrawn ones are none")
    counted = _count("Of these, replayed by either model: their outcome is known")
    open = _count("Left out: neither the outcome nor an end yet")
    other_model = _count("Left out: another published model would score the lead")
    on_present_values = _count(
        "Counted ones that kept no values: replayed on today's values and the activities of then"
    )


class BacktestCut(serializers.Serializer[Any]):
    threshold = _count("Handed over from this total on")
    handed_over = _count("How many of the counted would have been handed over")
    with_outcome = _count("Of these, with the outcome")
    precision = _share("with_outcome ÷ handed_over")
    precision_low = _share("Lower end of its 95 % interval (Wilson)")
    precision_high = _share("Upper end")
    recall = _share("with_outcome ÷ all counted with the outcome")
    uncertain = serializers.BooleanField(help_text="Fewer than 20 handed over")


class BacktestRate(serializers.Serializer[Any]):
    rate = _share("Share of the cases with the outcome")
    rate_low = _share("Lower end of its 95 % interval (Wilson)")
    rate_high = _share("Upper end")
    uncertain = serializers.BooleanField(help_text="Fewer than 20 cases")


class BacktestBand(BacktestRate):
    band = serializers.CharField(help_text="high, middle or low")
    cases = _count("Counted handoffs in the band")
    with_outcome = _count("Of these, with the outcome")


class BacktestDecile(serializers.Serializer[Any]):
    decile = _count("1 is the tenth with the highest totals")
    highest = _count("Highest total in it")
    lowest = _count("Lowest total in it")
    cases = _count("Counted handoffs in it")
    with_outcome = _share(
        "Of these, with the outcome; equal totals at its edge are shared out, so it need not be whole"
    )
    rate = _share("with_outcome ÷ cases")
    lift = _share("rate ÷ the rate of all")
    captured = _share("Share of all with the outcome in this tenth and those above")
    uncertain = serializers.BooleanField(help_text="Fewer than 20 cases")


class BacktestPart(BacktestRate):
    id = serializers.CharField(help_text="Key of the rule, or id of the content")
    label = serializers.CharField(help_text="What it is called")
    points = serializers.IntegerField(allow_null=True, help_text="The rule's points; null for a content")
    cases = _count("Counted handoffs that it gave or took points; that had seen the content before the offer")
    reach = _share("cases ÷ all counted")
    rate_without = _share("Share of the others with the outcome")
    lift = _share("rate ÷ the rate of all")


class BacktestSide(serializers.Serializer[Any]):
    model = serializers.DictField(help_text="id, name, version, state")
    line = BacktestCut(help_text="At the model's own line; of the draft at `threshold`, where given")
    auc = _share("Area under the ROC curve: 0.5 is chance, 1 tells all apart")
    bands = BacktestBand(many=True, help_text="From high to low")
    deciles = BacktestDecile(many=True, help_text="From the highest totals down; empty ones are missing")
    thresholds = BacktestCut(many=True, help_text="At every total that occurs, from the highest down")
    rules = BacktestPart(many=True, help_text="In the order of the model")


class BacktestAnswer(serializers.Serializer[Any]):
    to = serializers.DateField(help_text="First local day that is out")
    tz = serializers.CharField(help_text="Time zone of the days")
    as_of = serializers.DateTimeField(help_text="Outcomes up to here")
    outcome = serializers.CharField(help_text="opportunity or won")
    handoffs = BacktestCounts()
    with_outcome = _count("Counted handoffs with the outcome")
    draft = BacktestSide(help_text="The model of the address")
    published = BacktestSide(
        allow_null=True, help_text="The published model it would stand in for, on the same handoffs; null without one"
    )
    contents = BacktestPart(many=True, help_text="The twenty contents that most of them had seen")
    newly_qualifying = _count("Leads of today that would newly reach the draft's line")
    no_longer_qualifying = _count("Leads of today that would no longer reach it")

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(help_text="First local day"), **super().get_fields()}


def answer(
    question: Question, outcome: str, found: Backtest, crossing: Crossing, stored: dict[int, ScoringModel]
) -> Row:
    """The whole answer; `stored`: the models of both sides by id."""
    counted = found.counted
    return {
        "from": question.period.from_on,
        "to": question.period.to_on,
        "tz": str(question.period.zone),
        "as_of": question.as_of,
        "outcome": outcome,
        "handoffs": {
            "total": counted.handoffs,
            "counted": counted.counted,
            "open": counted.still_open,
            "other_model": counted.elsewhere,
            "on_present_values": counted.on_todays_values,
        },
        "with_outcome": found.everything.numerator,
        "draft": _side(found.own, stored),
        "published": _side(found.published, stored) if found.published else None,
        "contents": [_part(str(one.content.pk), one.content.title, None, one.told) for one in found.contents],
        "newly_qualifying": crossing.reach_newly,
        "no_longer_qualifying": crossing.reach_no_longer,
    }


def _side(side: Side, stored: dict[int, ScoringModel]) -> Row:
    model = stored[side.model.id]
    return {
        "model": {"id": str(model.pk), "name": model.name, "version": model.number, "state": model.state},
        "line": _cut(arithmetic.cut(side.tally, side.model.line)),
        "auc": rounded(arithmetic.auc(side.tally)),
        "bands": [{"band": band} | _rate(rate) for band, rate in side.bands.items()],
        "deciles": [_decile(one) for one in arithmetic.deciles(side.tally)],
        "thresholds": [_cut(one) for one in arithmetic.cuts(side.tally)],
        "rules": [_part(one.rule.key, label(one.rule), one.rule.points, one.told) for one in side.rules],
    }


def _cut(cut: Cut) -> Row:
    low, high = cut.precision.interval or (None, None)
    return {
        "threshold": cut.start,
        "handed_over": cut.handed_over,
        "with_outcome": cut.precision.numerator,
        "precision": rounded(cut.precision.value),
        "precision_low": rounded(low),
        "precision_high": rounded(high),
        "recall": rounded(cut.recall.value),
        "uncertain": cut.precision.is_uncertain,
    }


def _rate(rate: Rate) -> Row:
    low, high = rate.interval or (None, None)
    return {
        "cases": rate.denominator,
        "with_outcome": rate.numerator,
        "rate": rounded(rate.value),
        "rate_low": rounded(low),
        "rate_high": rounded(high),
        "uncertain": rate.is_uncertain,
    }


def _decile(decile: Decile) -> Row:
    return {
        "decile": decile.number,
        "highest": decile.highest,
        "lowest": decile.lowest,
        "cases": decile.cases,
        "with_outcome": round(decile.hits, 2),
        "rate": rounded(decile.rate),
        "lift": rounded(decile.lift),
        "captured": rounded(decile.captured),
        "uncertain": decile.is_uncertain,
    }


def _part(key: str, name: str, points: int | None, told: Told) -> Row:
    row = {"id": key, "label": name, "points": points, "reach": rounded(told.reach.value)} | _rate(told.matched)
    row.pop("with_outcome")
    return row | {"rate_without": rounded(told.others.value), "lift": rounded(told.lift)}
