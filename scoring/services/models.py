"""The verbs of scoring models: draft, change, agree, publish."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from accounts.domain.roles import Permission, TeamKind
from accounts.queries import organization
from journal import services as journal
from journal.errors import FieldError, Forbidden
from journal.transactions import one_at_a_time, retried
from leads.queries import conditions
from scoring.domain import draft_parts, formula, presets
from scoring.domain.choices import ModelState
from scoring.models import Agreement, RecomputeRun, Rule, ScoringModel
from scoring.queries import meanwhile, specs
from scoring.services import draft_values, locks, recompute
from scoring.services.model_refusals import (
    ChangedMeanwhile,
    Discarded,
    MayNotAgree,
    MayNotDraft,
    MayNotPublish,
    NoLastModel,
    NotADraft,
    NotAgreed,
    Unreachable,
    WhyMissing,
)

# The model without a condition is tried last.
LAST_POSITION = 1000


# -- drafts ------------------------------------------------------------------------------------------


@retried
def create(*, values: Mapping[str, Any], by: Any, at: datetime) -> ScoringModel:
    """A draft of these values; missing ones as in an empty model."""
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    empty = {"line": 30, "bands": presets.BANDS, "caps": {}, "applies_to": None, "rules": [], "why": ""}
    clean = draft_values.read(empty | {"name": ""} | dict(values))
    return _new_draft(clean, None, by, at)


@retried
def copy(*, model: ScoringModel, by: Any, at: datetime, changes: Mapping[str, Any] | None = None) -> ScoringModel:
    """The next version as a draft, with `changes` if given; its publishing will retire `model`. Raises Discarded."""
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    model = held(model)
    names = ("name", "line", "bands", "caps", "applies_to")
    values = {name: getattr(model, name) for name in names} | {"why": "", "rules": rule_values(model)}
    return _new_draft(values | draft_values.read(changes or {}, stored=_conditions(model)), model, by, at)


@retried
def continued(*, model: ScoringModel, by: Any, at: datetime) -> ScoringModel:
    """The draft that is being made of this version, newest first; a copy where there is none. Pressed twice, one copy."""
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    one_at_a_time("versions")
    draft = model.copies.filter(state=ModelState.DRAFT).order_by("-pk").first()
    return draft or copy(model=model, by=by, at=at)


def _new_draft(values: Mapping[str, Any], origin: ScoringModel | None, by: Any, at: datetime) -> ScoringModel:
    rest = {name: value for name, value in values.items() if name != "rules"}
    model = ScoringModel.objects.create(
        **rest, number=_next_number(rest["name"]), copied_from=origin, created_at=at, created_by=by, updated_at=at
    )
    _write_rules(model, values["rules"])
    journal.record("scoring_model.drafted", subject=model, by=by, at=at, data={"number": model.number})
    return model


def _next_number(name: str) -> int:
    """Versions are counted by name."""
    one_at_a_time("versions")
    numbers = ScoringModel.objects.filter(name=name).aggregate(highest=Max("number"))
    return (numbers["highest"] or 0) + 1


@retried
def patch(
    *, model: ScoringModel, values: Mapping[str, Any], by: Any, at: datetime, version: int | None = None
) -> ScoringModel:
    """Changes a draft; `rules`, when given, takes the place of all its rules. Under another name it is counted anew.

    Values that it has already are no change: its version stays, and with it what was agreed to and asked for.
    Raises NotADraft, InvalidModel, and ChangedMeanwhile when `version` is no longer the present one.
    """
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    clean = draft_values.read(values, stored=_conditions(model))
    rest = {name: value for name, value in clean.items() if name != "rules"}
    draft = ScoringModel.objects.filter(pk=model.pk, state=ModelState.DRAFT)
    current = draft.filter(version=version) if version is not None else draft
    was = draft.select_for_update(of=("self",)).first()
    parts = _changed(was, clean) if was else []
    if was and not parts and version in (None, was.version):
        return _with_rules(model.pk)
    if was and "name" in rest and was.name != rest["name"]:
        rest["number"] = _next_number(rest["name"])
    if not current.update(**rest, version=F("version") + 1, updated_at=at):
        raise ChangedMeanwhile if draft.exists() else NotADraft
    if "rules" in clean:
        model.rules.all().delete()
        _write_rules(model, clean["rules"])
    changed = {name: value for name, value in clean.items() if name != "why"}
    told = {"fields": sorted(changed), "parts": parts}
    journal.record("scoring_model.changed", subject=model, by=by, at=at, data=told, new=changed)
    fresh = _with_rules(model.pk)
    if parts == ["why"]:
        # What was agreed to are the rules; why they change may still be worded.
        for said in (fresh.agreements, fresh.requests):
            said.filter(version=fresh.version - 1).update(version=fresh.version)
    return fresh


def _with_rules(pk: int) -> ScoringModel:
    return ScoringModel.objects.prefetch_related("rules").get(pk=pk)


@retried
def note_why(*, model: ScoringModel, why: str, by: Any, at: datetime) -> None:
    """Keeps the reason that a person is typing. What is published stays as it was read: the version is the same.

    Raises NotADraft and InvalidModel.
    """
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    clean = draft_values.read({"why": why})
    if not ScoringModel.objects.filter(pk=model.pk, state=ModelState.DRAFT).update(**clean, updated_at=at):
        raise NotADraft


@retried
def rework(
    *,
    model: ScoringModel,
    values: Callable[[ScoringModel], Mapping[str, Any]],
    by: Any,
    at: datetime,
    version: int | None = None,
    parts: Collection[str] | None = None,
) -> ScoringModel:
    """`patch` with values made of the draft as it stands, which nobody else changes in between.

    With `parts` (`scoring.domain.draft_parts`) only a change of these since `version` raises ChangedMeanwhile, and
    not where it made them just what they shall be now.
    """
    draft = held(model)
    is_apart = parts is not None and version is not None
    change = meanwhile.last(draft, version=version or 0, parts=parts or ()) if is_apart else None
    try:
        wanted = values(draft)
    except ChangedMeanwhile as error:
        error.change = change
        raise
    if change and set(parts or ()) & set(_changed(draft, draft_values.read(wanted, stored=_conditions(draft)))):
        raise ChangedMeanwhile.since(change)
    return patch(model=model, values=wanted, by=by, at=at, version=None if is_apart else version)


def _changed(draft: ScoringModel, clean: Mapping[str, Any]) -> list[str]:
    """The parts of the draft that these values change."""
    fields = {name: getattr(draft, name) for name in draft_values.EDITABLE if name != "rules"}
    return draft_parts.changed(fields | {"rules": rule_values(draft)}, clean)


def held(model: ScoringModel) -> ScoringModel:
    """The version as it stands; until the transaction ends nobody else changes it. Raises Discarded."""
    held = ScoringModel.objects.select_for_update(of=("self",)).filter(pk=model.pk).first()
    if held is None:
        raise Discarded
    return held


@retried
def discard(*, model: ScoringModel, by: Any, at: datetime, version: int | None = None) -> None:
    """Throws a draft away. Raises NotADraft, and ChangedMeanwhile when it is no longer the `version` that was read."""
    check_may(by, Permission.DRAFT_RULES, MayNotDraft)
    model = held(model)
    check_present(model, version)
    journal.record("scoring_model.discarded", subject=model, by=by, at=at, data=_ended(model))
    model.delete()


def _ended(model: ScoringModel) -> dict[str, Any]:
    """What is told of a draft that is one no more: its version, and the people who had asked to publish it."""
    return {"number": model.number, "asked_by": sorted(set(model.requests.values_list("by_id", flat=True)))}


def _write_rules(model: ScoringModel, rules: list[dict[str, Any]]) -> None:
    Rule.objects.bulk_create(Rule(model=model, position=number, **rule) for number, rule in enumerate(rules))


def _conditions(model: ScoringModel) -> list[object]:
    """Those of the version as it is stored."""
    return [model.applies_to, *model.rules.values_list("condition", flat=True)]


def rule_values(model: ScoringModel) -> list[dict[str, Any]]:
    names = ("key", "dimension", "label_ja", "label_en", "condition", "points", "per_activity", "cap", "half_life_days")
    return list(model.rules.order_by("position", "pk").values(*names))


# -- agreeing ----------------------------------------------------------------------------------------


@retried
def agree(
    *, model: ScoringModel, by: Any, at: datetime, side: str | None = None, version: int | None = None
) -> Agreement:
    """Records that a department agrees to the draft as it stands; void once the draft changes.

    `side` (marketing or sales) is needed only from who manages teams of both. Raises NotADraft, and ChangedMeanwhile
    when the draft is no longer the `version` that the person has read.
    """
    sides = sides_of(by)
    if not by.may(Permission.AGREE_TO_RULES) or not sides or (side and side not in sides):
        raise MayNotAgree
    model = held(model)
    check_present(model, version)
    given, is_new = Agreement.objects.get_or_create(
        model=model, side=side or sides[0], version=model.version, defaults={"by": by, "at": at}
    )
    if is_new:
        journal.record("scoring_model.agreed", subject=model, by=by, at=at, data={"side": given.side})
    return given


def sides_of(person: Any) -> list[str]:
    """For which departments the person can speak."""
    managed = person.memberships.filter(is_manager=True).values_list("team__kind", flat=True)
    return sorted({"marketing" if kind == TeamKind.MARKETING else "sales" for kind in managed})


def agreed_sides(model: ScoringModel) -> set[str]:
    """The departments that agreed to the present version of the draft."""
    return set(model.agreements.filter(version=model.version).values_list("side", flat=True))


def check_present(model: ScoringModel, version: int | None) -> None:
    """Raises NotADraft, and ChangedMeanwhile where `version` is given and no longer the present one."""
    if model.state != ModelState.DRAFT:
        raise NotADraft
    if version is not None and model.version != version:
        raise ChangedMeanwhile


# -- publishing --------------------------------------------------------------------------------------


@retried
def publish(*, model: ScoringModel, why: str, by: Any, at: datetime, version: int | None = None) -> RecomputeRun:
    """Freezes the draft, retires what it takes the place of, and has all leads scored again.

    Raises NotADraft, ChangedMeanwhile when the draft is no longer the `version` that was read, WhyMissing, NotAgreed,
    Unreachable, NoLastModel. `by` None is the system (first start).
    """
    check_may(by, Permission.PUBLISH_RULES, MayNotPublish)
    if not why.strip():
        raise WhyMissing(errors=[FieldError("why", "required", WhyMissing.message)])
    locks.own_models()
    # Held, so that what is checked and agreed to is what comes into force.
    model = held(model)
    check_present(model, version)
    if by is not None and organization.current().publishing_needs_agreement and len(agreed_sides(model)) < 2:
        raise NotAgreed
    check_reachable(model)
    position = _make_room(model, at)
    ScoringModel.objects.filter(pk=model.pk).update(
        state=ModelState.PUBLISHED, position=position, why=why.strip(), published_at=at, published_by=by, updated_at=at
    )
    model.refresh_from_db()
    journal.record("scoring_model.published", subject=model, by=by, at=at, data=_ended(model) | {"why": model.why})
    return recompute.begin(by=by, at=at, reason="publish")


def check_reachable(model: ScoringModel) -> None:
    """Raises Unreachable, naming line and bands beyond what the rules can reach."""
    spec = specs.spec(model, conditions.registry())
    most = formula.maximum(spec)
    paths = ["line"] if spec.line > most else []
    paths += [f"bands[{n}].from" for n, b in enumerate(spec.bands) if b.start is not None and b.start > most]
    if paths:
        said = Unreachable(maximum=most)
        raise Unreachable(errors=[FieldError(path, "unreachable", str(said)) for path in paths], maximum=most)


def _make_room(model: ScoringModel, at: datetime) -> int:
    """Retires those whose place the model takes; returns its position."""
    known = conditions.registry()
    gone = [spec.id for spec in specs.leaving(model, specs.spec(model, known), specs.published(known))]
    published = ScoringModel.objects.filter(state=ModelState.PUBLISHED)
    place = published.filter(pk__in=gone[:1]).values_list("position", flat=True).first()
    published.filter(pk__in=gone).update(state=ModelState.RETIRED, retired_at=at)
    if model.applies_to is None:
        return LAST_POSITION
    if not published.filter(applies_to__isnull=True).exists():
        raise NoLastModel
    if place is not None:
        return place
    taken = published.filter(position__lt=LAST_POSITION).aggregate(highest=Max("position"))["highest"]
    return (taken or 0) + 1


def check_may(by: Any, permission: Permission, error: type[Forbidden]) -> None:
    if by is not None and not by.may(permission):
        raise error
