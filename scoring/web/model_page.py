"""What the page of one model version shows: rules as sentences by dimension, changes against the origin, findings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import navigation
from accounts.domain.roles import Permission
from accounts.interface import dates
from accounts.queries import organization
from leads.domain.condition_fields import Registry
from leads.domain.condition_sentence import Part
from leads.queries import conditions
from scoring import permissions
from scoring.domain import check, formula
from scoring.domain.choices import ModelState
from scoring.domain.formula import DIMENSIONS, ModelSpec, RuleSpec
from scoring.models import PublicationRequest, RecomputeRun, ScoringModel
from scoring.queries import effect, findings, specs
from scoring.queries import versions as found_versions
from scoring.services import models, order
from scoring.web import rule_sentences


@dataclass(frozen=True)
class RuleRow:
    """One rule in words; `was`: its points in the origin where they differ."""

    key: str
    parts: tuple[Part, ...]
    points: int
    was: int | None = None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class DimensionGroup:
    """The rules of one dimension; `cap` and `was_cap` None without one."""

    key: str
    name: str
    hint: str
    cap: int | None
    was_cap: int | None
    rules: list[RuleRow] = field(default_factory=list)


@dataclass(frozen=True)
class BandFigure:
    """Where a band begins."""

    band: str
    start: int


def context(model: ScoringModel, *, user: Any, at: datetime) -> dict[str, Any]:
    """All that the page needs, except the effect, which takes longer."""
    known = conditions.registry()
    spec = specs.spec(model, known)
    origin = model.copied_from if model.copied_from_id and model.state == ModelState.DRAFT else None
    before = specs.spec(origin, known) if origin else None
    fix = check.fix(spec) if model.state == ModelState.DRAFT else None
    run = latest_run()
    return {
        "model": model,
        "started": dates.near_day(model.created_at, today=organization.local_day(at)),
        "saved": dates.near_moment(model.updated_at, today=organization.local_day(at)),
        "origin": origin,
        "spec": spec,
        "maximum": formula.maximum(spec),
        "applies_to": conditions.said(model.applies_to, known=known),
        "groups": list(_groups(spec, before, known)),
        "band_figures": [BandFigure(band.band, band.start) for band in spec.bands if band.start is not None],
        "findings": findings.say(spec),
        "fix": findings.say_fix(fix, spec) if fix else "",
        "versions": versions(),
        "order": _order(known),
        "run": run,
        # While it goes on it stands above the rules, where whoever has just published sees it.
        "is_rescoring": run is not None and run.state in (RecomputeRun.State.QUEUED, RecomputeRun.State.RUNNING),
        "is_draft": model.state == ModelState.DRAFT,
        "may": _may(user),
        "against": found_versions.other_of(model),
        "next_draft": _next_draft(model),
        "backtest_url": _backtest_url(model, user),
        "agreement": _agreement(model, user),
        "asked": _asked(model, at),
        "answer_check_url": navigation.address("answer-check") if user.may(Permission.SEE_REPORTS) else "",
        "current": ScoringModel.objects.filter(state=ModelState.PUBLISHED)
        .select_related("published_by")
        .order_by("-position")
        .first(),
    }


@dataclass(frozen=True)
class Turn:
    """A published model in the order in which they are tried, and the leads it scores in words; '' for all others.

    `than`: the one tried just before it, of those that can change places; None for the first and the last.
    """

    model: ScoringModel
    applies_to: str
    than: ScoringModel | None = None


def _order(known: Registry) -> list[Turn]:
    """None where one model scores all leads."""
    first = order.movable()
    if not first:
        return []
    rest = ScoringModel.objects.filter(state=ModelState.PUBLISHED).exclude(pk__in=[model.pk for model in first])
    before = [None, *first[:-1]]
    turns = [
        Turn(one, conditions.said(one.applies_to, known=known), than) for one, than in zip(first, before, strict=True)
    ]
    return turns + [Turn(one, "") for one in rest]


def effect_context(model: ScoringModel, *, user: Any, at: datetime) -> dict[str, Any]:
    """The effect, and the rules that find everybody or nobody."""
    counted = effect.of(model, user=user, at=at)
    spec = specs.spec(model, conditions.registry())
    said = findings.say(spec, matches=counted.matches, leads=counted.leads)
    return {
        "effect": counted,
        "counted": _counted(model, counted),
        "idle": [item for item in said if item.finding.code in ("never", "always")],
        "lists": _lists(model),
    }


def _counted(model: ScoringModel, counted: effect.Effect) -> str:
    """Which leads the figures are about, where that is not plainly all of them; '' where it is."""
    leads = conditions.said(model.applies_to)
    if counted.is_part:
        return (
            _("Only leads with: %(leads)s") % {"leads": leads} if leads else _("Only leads that no other rules score.")
        )
    if leads and model.state == ModelState.DRAFT:
        return _("All leads are counted; these rules score only leads with: %(leads)s") % {"leads": leads}
    return ""


def _lists(model: ScoringModel) -> dict[str, str]:
    """{rule: the list of the leads it finds}; none where a model scores only some leads, for the list has all."""
    if ScoringModel.objects.filter(state=ModelState.PUBLISHED, applies_to__isnull=False).exists() or model.applies_to:
        return {}
    address = reverse("leads")
    return {
        rule.key: f"{address}?{urlencode({'condition': json.dumps(rule.condition, ensure_ascii=False)})}"
        for rule in model.rules.all()
    }


def _may(user: Any) -> dict[str, bool]:
    return {
        "draft": permissions.may_draft(user),
        "publish": permissions.may_publish(user),
        "agree": permissions.may_agree(user),
        "recompute": permissions.may_recompute(user),
    }


def versions() -> Sequence[ScoringModel]:
    """All versions, newest first."""
    return list(ScoringModel.objects.select_related("published_by", "created_by").order_by("-id")[:50])


def latest_run() -> RecomputeRun | None:
    """The latest full recompute."""
    return RecomputeRun.objects.filter(kind=RecomputeRun.Kind.FULL).order_by("-pk").first()


def _backtest_url(model: ScoringModel, user: Any) -> str:
    """Where it is tried on past handoffs, which lie above scoring: behind the advanced settings (DESIGN §1)."""
    may_try = user.may(Permission.SEE_REPORTS) and organization.current().shows_advanced
    return navigation.address("scoring-backtest", model.pk) if may_try else ""


def _next_draft(model: ScoringModel) -> ScoringModel | None:
    """The draft that somebody already made from this version."""
    return model.copies.filter(state=ModelState.DRAFT).order_by("-pk").first()


def _agreement(model: ScoringModel, user: Any) -> dict[str, Any] | None:
    """Who has agreed, where agreement is asked for; None otherwise."""
    if model.state != ModelState.DRAFT or not organization.current().publishing_needs_agreement:
        return None
    given = {item.side: item for item in model.agreements.filter(version=model.version).select_related("by")}
    mine = models.sides_of(user) if permissions.may_agree(user) else []
    return {
        "sides": [{"side": side, "given": given.get(side)} for side in ("marketing", "sales")],
        "open": [side for side in mine if side not in given],
        "is_complete": len(given) == 2,
    }


@dataclass(frozen=True)
class Asked:
    """The latest request to publish the draft; `is_present`: the draft is still as it was then."""

    request: PublicationRequest
    when: str
    is_present: bool


def _asked(model: ScoringModel, at: datetime) -> Asked | None:
    """None where nobody asked, and of what is no draft."""
    if model.state != ModelState.DRAFT:
        return None
    latest = model.requests.select_related("by").order_by("-version").first()
    if latest is None:
        return None
    when = dates.near_moment(latest.at, today=organization.local_day(at))
    return Asked(latest, when, latest.version == model.version)


def _groups(spec: ModelSpec, before: ModelSpec | None, known: Registry) -> Iterator[DimensionGroup]:
    was = {rule.key: rule for rule in before.rules} if before else {}
    kept = {rule.key for rule in spec.rules}
    for dimension in DIMENSIONS:
        rows = [_row(rule, was, before is not None, known) for rule in spec.rules_of(dimension)]
        rows += [
            RuleRow(rule.key, rule_sentences.parts(rule, known), rule.points, is_gone=True)
            for rule in was.values()
            if rule.key not in kept and rule.dimension == dimension
        ]
        cap = spec.caps.get(dimension)
        if rows:
            words = rule_sentences.dimension_words(dimension)
            was_cap = before.caps.get(dimension) if before else cap
            yield DimensionGroup(dimension, words.name, words.hint, cap, was_cap, rows)


def _row(rule: RuleSpec, was: Mapping[str, RuleSpec], has_origin: bool, known: Registry) -> RuleRow:
    old = was.get(rule.key)
    changed = old is not None and old.points != rule.points
    return RuleRow(
        key=rule.key,
        parts=rule_sentences.parts(rule, known),
        points=rule.points,
        was=old.points if changed and old else None,
        is_new=has_origin and old is None,
    )
