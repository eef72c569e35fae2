"""Drafting, checking, agreeing to and publishing models."""

from typing import Any

import pytest
from django.utils import translation

from leads.queries import conditions
from scoring.domain import check, formula, presets
from scoring.models import RecomputeRun, ScoringModel
from scoring.queries import effect, findings, specs
from scoring.services import draft_rules, draft_values, models
from scoring.services.presets import install
from tests.cast import NOON, Cast, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
VISIT = {"activity": {"types": ["site_visit"]}}
DOWNLOAD = {"activity": {"types": ["document_download"]}}


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


def faults(values: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(draft_values.InvalidModel) as caught:
        models.create(values={"name": "x"} | values, by=None, at=NOON)
    return {(error.field, error.code) for error in caught.value.errors}


def test_ar_05_a_line_above_what_the_rules_can_reach_is_refused() -> None:
    model = scored.excel()
    draft = models.copy(model=model, changes={"line": 51}, by=None, at=NOON)
    with pytest.raises(models.Unreachable) as caught:
        models.publish(model=draft, why="x", by=None, at=NOON)
    assert caught.value.code == "unreachable"
    assert [error.field for error in caught.value.errors] == ["line"]
    models.patch(model=draft, values={"line": 50}, by=None, at=NOON)
    models.publish(model=draft, why="x", by=None, at=NOON)


def test_ar_05_the_refusal_says_the_maximum() -> None:
    draft = scored.draft([scored.rule(VISIT, 50)], line=51)
    with pytest.raises(models.Unreachable) as caught:
        models.publish(model=draft, why="x", by=None, at=NOON)
    with translation.override("en"):
        assert str(caught.value) == "unreachable: the maximum is 50"
    with translation.override("ja"):
        assert str(caught.value) == "到達できません。満点は50点です"


def test_ar_05_a_band_above_the_maximum_is_refused_too() -> None:
    draft = scored.draft([scored.rule(VISIT, 20)], bands=scored.bands(21, 10))
    with pytest.raises(models.Unreachable) as caught:
        models.publish(model=draft, why="x", by=None, at=NOON)
    assert [error.field for error in caught.value.errors] == ["bands[0].from"]


def test_a_dimension_cap_lowers_the_maximum() -> None:
    draft = scored.draft(
        [scored.rule(VISIT, 20), scored.rule(DOWNLOAD, 20), scored.rule({}, -9)], caps={"engagement": 30}
    )
    assert formula.maximum(specs.spec(draft, conditions.registry())) == 30


def test_ar_42_the_engagement_starter_is_a_draft_that_says_what_is_wrong_and_offers_the_fix() -> None:
    install(by=None, at=NOON)
    draft = ScoringModel.objects.get(state="draft")
    spec = specs.spec(draft, conditions.registry())
    assert {rule.key: rule.points for rule in spec.rules} == {
        "pricing": 10,
        "case_study": 5,
        "seniority": 15,
        "employees": 10,
    }
    assert (spec.line, formula.maximum(spec)) == (50, 40)
    assert "unreachable_line" in {said.finding.code for said in findings.say(spec)}
    with pytest.raises(models.Unreachable):
        models.publish(model=draft, why="x", by=None, at=NOON)
    fix = check.fix(spec)
    assert fix == check.Fix({"pricing": 20, "case_study": 10}, 55)
    fixed = draft_rules.apply_fix(model=draft, by=None, at=NOON)
    spec = specs.spec(fixed, conditions.registry())
    assert formula.maximum(spec) == 55
    assert {rule.key: rule.cap for rule in spec.rules if rule.per_activity} == {"pricing": 20, "case_study": 10}
    models.publish(model=fixed, why="x", by=None, at=NOON)
    with pytest.raises(draft_rules.NothingToFix):
        draft_rules.apply_fix(model=fixed, by=None, at=NOON)


def test_the_check_names_rules_that_never_or_always_match_or_repeat_one_another() -> None:
    draft = scored.draft(
        [
            scored.rule(VISIT, 5, key="a"),
            scored.rule(DOWNLOAD, 5, key="b"),
            scored.rule(VISIT, 3, key="c"),
            scored.rule({"all": []}, 3, key="d"),
        ]
    )
    found = check.find(specs.spec(draft, conditions.registry()), matches={"a": 0, "b": 70, "c": 1, "d": 70}, leads=70)
    assert {(finding.code, finding.keys) for finding in found} == {
        ("duplicate", ("a", "c")),
        ("never", ("a",)),
        ("always", ("b",)),
        ("always", ("d",)),
    }


@pytest.mark.parametrize(("leads", "codes"), [(1, set()), (19, set()), (20, {"always", "never"})])
def test_the_check_waits_for_enough_leads_before_it_calls_a_rule_idle(leads: int, codes: set[str]) -> None:
    draft = scored.draft([scored.rule(VISIT, 5, key="a"), scored.rule(DOWNLOAD, 5, key="b")])
    spec = specs.spec(draft, conditions.registry())
    assert {finding.code for finding in check.find(spec, matches={"a": 0, "b": leads}, leads=leads)} == codes


@pytest.mark.parametrize("words", [presets.EXCEL, presets.ENGAGEMENT, presets.EXCEL_WHY])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("began_in", ["ja", "en"])
def test_shipped_words_are_said_in_the_readers_language(words: Any, began_in: str, language: str) -> None:
    with translation.override(began_in):
        stored = str(words)
    with translation.override(language):
        assert presets.shown(stored) == str(words)


def test_installing_twice_makes_nothing_new() -> None:
    first = install(by=None, at=NOON)
    assert first.state == "published"
    assert install(by=None, at=NOON) == first
    assert ScoringModel.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "spot", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"line": 0}, "line", "out_of_range"),
        ({"line": "30"}, "line", "out_of_range"),
        ({"caps": {"nope": 3}}, "caps", "unknown_key"),
        ({"caps": {"fit": -1}}, "caps.fit", "out_of_range"),
        ({"bands": presets.BANDS[:2]}, "bands", "wrong_bands"),
        ({"bands": 5}, "bands", "wrong_bands"),
        ({"bands": scored.bands(10, 10)}, "bands[1].from", "wrong_order"),
        ({"applies_to": {"field": "score", "op": "known"}}, "applies_to.field", "not_in_scoring"),
        ({"rules": {}}, "rules", "not_a_list"),
        ({"rules": [5]}, "rules[0]", "unknown_key"),
        ({"rules": [scored.rule(VISIT, 0)]}, "rules[0].points", "no_points"),
        ({"rules": [scored.rule(VISIT, 5, "mood")]}, "rules[0].dimension", "unknown_choice"),
        ({"rules": [scored.rule(VISIT, 5, cap=3)]}, "rules[0].cap", "contradiction"),
        ({"rules": [scored.rule(VISIT, 5, per_activity=True)]}, "rules[0].cap", "out_of_range"),
        ({"rules": [scored.rule({}, 5, per_activity=True, cap=3)]}, "rules[0].condition", "not_countable"),
        ({"rules": [scored.rule(VISIT, 5, key="a b")]}, "rules[0].key", "not_a_slug"),
        ({"rules": [scored.rule(VISIT, 5, key="a"), scored.rule(VISIT, 5, key="a")]}, "rules[1].key", "repeated"),
        (
            {"rules": [scored.rule({"field": "stage", "op": "eq", "value": "mql"})]},
            "rules[0].condition.field",
            "not_in_scoring",
        ),
    ],
)
def test_faulty_values_are_refused_with_their_spot(values: dict[str, Any], spot: str, code: str) -> None:
    assert (spot, code) in faults(values)


def test_a_rule_without_labels_is_called_by_its_sentence() -> None:
    rule = scored.draft([scored.rule(VISIT)]).rules.get()
    assert (rule.label_ja, rule.label_en) == ("サイトを訪問", "Visited the site")


def test_rules_are_added_changed_and_removed_one_by_one() -> None:
    draft = scored.draft([scored.rule(VISIT, 5, key="a")])
    draft = draft_rules.put_rule(model=draft, rule=scored.rule(DOWNLOAD, 7), by=None, at=NOON)
    draft = draft_rules.put_rule(model=draft, key="a", rule=scored.rule(VISIT, 6), by=None, at=NOON)
    assert list(draft.rules.order_by("position").values_list("key", "points")) == [("a", 6), ("rule-2", 7)]
    draft = draft_rules.remove_rule(model=draft, key="a", by=None, at=NOON)
    assert list(draft.rules.values_list("key", flat=True)) == ["rule-2"]


def test_a_rule_is_called_as_before_while_its_condition_stays() -> None:
    draft = scored.draft([scored.rule(VISIT, 5, key="a", label_ja="来訪", label_en="Visit")])
    draft = draft_rules.put_rule(model=draft, key="a", rule=scored.rule(VISIT, 6), by=None, at=NOON)
    assert draft.rules.values_list("points", "label_ja", "label_en").get() == (6, "来訪", "Visit")
    draft = draft_rules.put_rule(model=draft, key="a", rule=scored.rule(DOWNLOAD, 6), by=None, at=NOON)
    assert draft.rules.get().label_en == "Downloaded a document"


def test_only_a_draft_changes_and_only_from_the_version_that_was_read() -> None:
    model = scored.published([scored.rule(VISIT, 5)])
    with pytest.raises(models.NotADraft):
        models.patch(model=model, values={"line": 2}, by=None, at=NOON)
    draft = models.copy(model=model, by=None, at=NOON)
    models.patch(model=draft, values={"line": 2}, by=None, at=NOON, version=1)
    with pytest.raises(models.ChangedMeanwhile):
        models.patch(model=draft, values={"line": 3}, by=None, at=NOON, version=1)


def test_publishing_retires_the_origin_in_its_place_and_has_all_scored_again() -> None:
    first = scored.published([scored.rule(VISIT, 5)])
    draft = models.copy(model=first, by=None, at=NOON)
    assert draft.number == 2
    run = models.publish(model=draft, why="because", by=None, at=NOON)
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (first.state, draft.state, draft.position, draft.why) == ("retired", "published", first.position, "because")
    assert (run.reason, RecomputeRun.objects.filter(state="superseded").count()) == ("publish", 1)
    with pytest.raises(models.NotADraft):
        models.publish(model=draft, why="again", by=None, at=NOON)


def test_publishing_needs_a_why_and_the_right() -> None:
    draft = scored.draft([scored.rule(VISIT, 5)])
    with pytest.raises(models.WhyMissing):
        models.publish(model=draft, why="  ", by=None, at=NOON)


def test_one_published_model_must_be_without_a_condition() -> None:
    makers = {"field": "company.industry", "op": "eq", "value": "製造業"}
    with pytest.raises(models.NoLastModel):
        scored.published([scored.rule(VISIT)], applies_to=makers)
    last = scored.published([scored.rule(VISIT)])
    assert last.state == "published"


def test_a_copy_for_some_leads_stands_beside_the_one_for_all_others(cast: Cast) -> None:
    last = scored.published([scored.rule(VISIT, 5)])
    leads = [rows.lead(company_fields={"industry": industry}) for industry in ("製造業", "食品")]
    for lead in leads:
        rows.activity(lead, "site_visit")
        scored.score(lead)
    food = {"applies_to": {"field": "company.industry", "op": "eq", "value": "食品"}, "name": "食品"}
    draft = models.copy(model=last, changes=food, by=None, at=NOON)
    draft = draft_rules.put_rule(model=draft, key=draft.rules.get().key, rule=scored.rule(VISIT, 9), by=None, at=NOON)
    found = effect.of(draft, user=cast.ada, at=NOON)
    assert (found.leads, found.changed) == (2, 1)

    models.publish(model=draft, why="x", by=None, at=NOON)

    published = ScoringModel.objects.filter(state="published").order_by("position")
    assert [model.pk for model in published] == [draft.pk, last.pk]
    assert [scored.score(lead).total for lead in leads] == [5, 9]


def test_the_second_copy_of_one_origin_takes_the_place_of_the_first(cast: Cast) -> None:
    last = scored.published([scored.rule(VISIT, 5)], name="残り")
    food = {"field": "company.industry", "op": "eq", "value": "食品"}
    origin = scored.published([scored.rule(VISIT, 6)], name="食品", applies_to=food)
    lead = rows.lead(company_fields={"industry": "食品"})
    rows.activity(lead, "site_visit")
    first, second = (models.copy(model=origin, by=None, at=NOON) for _ in range(2))
    models.publish(model=first, why="x", by=None, at=NOON)
    assert scored.score(lead).total == 6
    rule = scored.rule(VISIT, 9)
    second = draft_rules.put_rule(model=second, key=second.rules.get().key, rule=rule, by=None, at=NOON)
    assert effect.of(second, user=cast.ada, at=NOON).changed == 1
    known = conditions.registry()
    stood_for = specs.beside(second, specs.spec(second, known), known)
    assert stood_for is not None
    assert stood_for.id == first.pk

    models.publish(model=second, why="x", by=None, at=NOON)

    published = ScoringModel.objects.filter(state="published").order_by("position")
    assert [(model.pk, model.position) for model in published] == [
        (second.pk, origin.position),
        (last.pk, last.position),
    ]
    assert scored.score(lead).total == 9


@pytest.mark.parametrize(("line", "crosses", "newly", "reaching"), [(5, "up", 1, 1), (20, "down", 0, 0)])
def test_a_line_that_moves_alone_says_who_crosses_it(
    cast: Cast, line: int, crosses: str, newly: int, reaching: int
) -> None:
    origin = scored.published([scored.rule(VISIT, 8), scored.rule(DOWNLOAD, 12)], line=7 if crosses == "down" else 9)
    lead = rows.lead()
    rows.activity(lead, "site_visit")
    scored.score(lead)
    draft = models.copy(model=origin, changes={"line": line}, by=None, at=NOON)
    found = effect.of(draft, user=cast.ada, at=NOON)
    assert (found.changed, found.newly, found.reaching_after) == (0, newly, reaching)
    assert [(one.lead, one.before, one.after, one.crosses) for one in found.moved] == [(lead, 8, 8, crosses)]


def test_who_may_draft_and_publish(cast: Cast) -> None:
    draft = models.create(values={"name": "x", "rules": [scored.rule(VISIT, 30)]}, by=cast.mia, at=NOON)
    with pytest.raises(models.MayNotDraft):
        models.patch(model=draft, values={"line": 5}, by=cast.sato, at=NOON)
    with pytest.raises(models.MayNotPublish):
        models.publish(model=draft, why="x", by=cast.mia, at=NOON)
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)


def test_both_departments_agree_before_a_publish_where_that_is_asked_for(cast: Cast) -> None:
    organization(publishing_needs_agreement=True)
    draft = models.create(values={"name": "x", "rules": [scored.rule(VISIT, 30)]}, by=cast.mia, at=NOON)
    with pytest.raises(models.NotAgreed):
        models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    with pytest.raises(models.MayNotAgree):
        models.agree(model=draft, by=cast.mia, at=NOON)
    models.agree(model=draft, side="marketing", by=cast.maki, at=NOON)
    with pytest.raises(models.NotAgreed):
        models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    models.agree(model=draft, side="sales", by=cast.maki, at=NOON)
    changed = models.patch(model=draft, values={"line": 29}, by=cast.mia, at=NOON)
    with pytest.raises(models.NotAgreed):
        models.publish(model=changed, why="x", by=cast.ada, at=NOON)
    for side in ("marketing", "sales"):
        models.agree(model=changed, side=side, by=cast.maki, at=NOON)
    models.publish(model=changed, why="x", by=cast.ada, at=NOON)
