"""Stored things as the API answers them."""

from collections.abc import Iterator
from typing import Any

from leads.domain.condition_fields import Registry
from leads.queries import conditions
from scoring.domain import formula
from scoring.domain.difference import Change
from scoring.domain.suggested import SuggestedRule, Suggestion
from scoring.models import RecomputeRun, Rule, ScoringModel
from scoring.queries import doubts, findings, labels, specs
from scoring.queries.explain import Explanation, Line
from scoring.queries.versions import Comparison


def model(stored: ScoringModel, known: Registry | None = None) -> dict[str, Any]:
    """A model with its rules, its maximum and what its check says."""
    known = known or conditions.registry()
    spec = specs.spec(stored, known)
    return {
        "id": str(stored.pk),
        "name": stored.name,
        "number": stored.number,
        "state": stored.state,
        "position": stored.position,
        "copied_from": _id(stored.copied_from_id),
        "applies_to": stored.applies_to,
        "line": stored.line,
        "bands": stored.bands,
        "caps": stored.caps,
        "rules": [rule(item) for item in sorted(stored.rules.all(), key=lambda item: (item.position, item.pk))],
        "why": stored.why,
        "maximum": formula.maximum(spec),
        "findings": [
            {
                "code": said.finding.code,
                "rules": list(said.finding.keys),
                "message": said.message,
                "stops_publishing": said.finding.stops_publishing,
            }
            for said in findings.say(spec)
        ],
        "agreements": [
            {"side": given.side, "by": str(given.by_id), "at": given.at}
            for given in stored.agreements.all()
            if given.version == stored.version
        ],
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
        "published_at": stored.published_at,
        "published_by": _id(stored.published_by_id),
    }


def rule(stored: Rule) -> dict[str, Any]:
    names = ("key", "dimension", "label_ja", "label_en", "condition", "points", "per_activity", "cap", "half_life_days")
    return {name: getattr(stored, name) for name in names}


def difference(found: Comparison) -> dict[str, Any]:
    """What the model says differently from the version it is held against; only what differs."""
    stored = [{item.key: rule(item) for item in model.rules.all()} for model in (found.against, found.model)]
    told = found.found
    return {
        "model": str(found.model.pk),
        "against": str(found.against.pk),
        "line": _sides(told.line) if told.line else None,
        "bands": [{"band": change.name} | _sides(change) for change in told.bands],
        "labels": list(told.labels),
        "caps": [{"dimension": change.name} | _sides(change) for change in told.caps],
        "applies_to": (
            {"before": found.against.applies_to, "after": found.model.applies_to} if told.applies_to else None
        ),
        "rules": [
            {
                "rule": change.key,
                "change": change.kind,
                "before": stored[0].get(change.key),
                "after": stored[1].get(change.key),
            }
            for change in told.rules
        ],
    }


def _sides(change: Change) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def suggestion(found: Suggestion, message: str, known: Registry) -> dict[str, Any]:
    """Suggested rules with their evidence, and the fields to be doubted; `message` says why there are none."""
    names = ("leads", "good", "fitted", "tested", "auc", "line")
    return {name: getattr(found, name) for name in names} | {
        "top_decile_lift": found.lift,
        "rules": [_suggested(rule, known) for rule in found.rules],
        "warnings": [
            {
                "field": doubt.field,
                "code": doubt.code,
                "message": doubts.say(doubt, known),
                "left_out": doubt.field in found.without,
            }
            for doubt in found.doubts
        ],
        "message": message,
    }


def _suggested(given: SuggestedRule, known: Registry) -> dict[str, Any]:
    names = ("dimension", "condition", "points", "cases", "good", "rate", "low", "high")
    values = {name: getattr(given, name) for name in names}
    node = conditions.read(given.condition, known=known, scoring=True)
    return {"key": given.key or None, "present_points": given.present} | labels.of(node, known) | values


def run(stored: RecomputeRun) -> dict[str, Any]:
    names = ("state", "kind", "reason", "leads_total", "leads_done", "changed", "band_changes", "seconds")
    times = {"created_at": stored.created_at, "finished_at": stored.finished_at}
    return {"id": str(stored.pk)} | {name: getattr(stored, name) for name in names} | times


def score(told: Explanation) -> dict[str, Any]:
    """The explanation; its lines add up to the total."""
    return {
        "total": told.total,
        "band": told.band,
        "grade": told.grade,
        "reaches_line": told.reaches_line,
        "model": {"id": str(told.model.id), "version": told.model.number} if told.model else None,
        "computed_at": told.computed_at,
        "dimensions": dict(told.dimensions),
        "rules": [_line(line) for line in told.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "rule": line.rule,
        "label": line.label,
        "dimension": line.dimension,
        "points": line.points,
        "evidence": list(_evidence(line)),
    }


def _evidence(line: Line) -> Iterator[dict[str, Any]]:
    for item in line.activities:
        yield {
            "activity": str(item.activity),
            "type": item.type,
            "occurred_at": item.occurred_at,
            "content": item.content,
        }
    for known in line.fields:
        yield {"field": known.field, "value": known.value}


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
