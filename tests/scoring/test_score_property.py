"""Random small models, leads and activities: the SQL score, the explanation's sum and a plain reading are one number.

The plain reading here is written from the words of the design, on its own, and shares no arithmetic with the product.
"""

import os
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Activity, Company, CustomField, Lead, LeadScore, Qualification
from scoring.models import ScoringModel
from scoring.queries import explain
from scoring.services import models, scores
from tests.cast import NOON, TOKYO, organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SCORE_EXAMPLES", "100"))
TODAY = date(2026, 11, 20)
TYPES = ["site_visit", "page_view", "document_download", "email_open"]
SENIORITY = ["staff", "chief", "assistant_manager", "manager", "director", "executive", "president"]
INDUSTRIES = ["製造業", "IT", "it", "小売"]
TITLES = ["料金のご案内", "Case Study A", "導入事例B"]

# -- what can be drawn -------------------------------------------------------------------------------

fields = st.one_of(
    st.builds(
        lambda op, value: {"field": "company.employee_count", "op": op, "value": value},
        st.sampled_from(["gte", "lte", "eq", "ne"]),
        st.integers(0, 400),
    ),
    st.builds(
        lambda low, more: {"field": "company.employee_count", "op": "between", "value": [low, low + more]},
        st.integers(0, 200),
        st.integers(0, 300),
    ),
    st.builds(
        lambda op, value: {"field": "seniority", "op": op, "value": value},
        st.sampled_from(["eq", "ne", "gte", "lte"]),
        st.sampled_from(SENIORITY),
    ),
    st.builds(
        lambda v: {"field": "company.industry", "op": "in", "value": v},
        st.lists(st.sampled_from(INDUSTRIES), min_size=1),
    ),
    st.builds(lambda v: {"field": "company.industry", "op": "ne", "value": v}, st.sampled_from(INDUSTRIES)),
    st.builds(lambda v: {"field": "title", "op": "contains", "value": v}, st.sampled_from(["部長", "MANAGER", "man"])),
    st.builds(lambda op: {"field": "qualification.budget", "op": op}, st.sampled_from(["known", "unknown"])),
    st.builds(lambda v: {"field": "qualification.temperature", "op": "gte", "value": v}, st.integers(1, 5)),
    st.builds(lambda v: {"field": "custom.rank", "op": "lte", "value": v}, st.integers(0, 5)),
    st.builds(
        lambda v: {"field": "acquired_at", "op": "lte", "value": str(TODAY - timedelta(days=v))}, st.integers(0, 3)
    ),
)
windows = st.one_of(st.none(), st.integers(1, 40))
types = st.lists(st.sampled_from(TYPES), max_size=2, unique=True)
contents = st.one_of(st.none(), st.just({"contains": ["事例", "case"]}), st.just({"title": ["料金のご案内"]}))
plain_tests = st.builds(lambda t, c, w: {"types": t, "content": c, "within_days": w}, types, contents, windows)
activities = st.one_of(
    st.builds(lambda t, n: {"activity": t | {"at_least": n}}, plain_tests, st.integers(1, 3)),
    st.builds(
        lambda t, n, d: {"activity": t | {"at_least": n, "distinct": d}},
        plain_tests,
        st.integers(1, 3),
        st.sampled_from(["content", "day"]),
    ),
    st.builds(
        lambda t, n: {"activity": t | {"measure": "duration_seconds", "at_least_total": n}},
        plain_tests,
        st.integers(1, 200),
    ),
    st.builds(lambda days, t: {"inactive": {"days": days, "types": t}}, st.integers(1, 40), types),
)
trees = st.recursive(
    st.one_of(fields, activities),
    lambda inner: st.one_of(
        st.builds(lambda of: {"all": of}, st.lists(inner, max_size=3)),
        st.builds(lambda of: {"any": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"not": of}, inner),
        st.builds(
            lambda of, n: {"some": {"at_least": min(n, len(of)), "of": of}},
            st.lists(inner, min_size=1, max_size=3),
            st.integers(1, 3),
        ),
    ),
    max_leaves=4,
)
points = st.integers(-40, 40).filter(bool)
dimensions = st.sampled_from(["fit", "engagement", "intent", "readiness", "authority"])
once = st.builds(lambda tree, p, d: scored.rule(tree, p, d), trees, points, dimensions)
per_activity = st.builds(
    lambda test, p, d, cap, half, distinct: scored.rule(
        {"activity": test | ({"distinct": distinct} if distinct and not half else {})},
        p,
        d,
        per_activity=True,
        cap=cap,
        half_life_days=half,
    ),
    plain_tests,
    points,
    dimensions,
    st.integers(1, 60),
    st.one_of(st.none(), st.integers(1, 60)),
    st.sampled_from([None, "content", "day"]),
)
drawn_models = st.fixed_dictionaries(
    {
        "rules": st.lists(st.one_of(once, per_activity), min_size=1, max_size=6),
        "caps": st.dictionaries(dimensions, st.integers(0, 50), max_size=2),
        "applies_to": st.one_of(st.none(), trees),
        "line": st.integers(1, 30),
        "bands": st.builds(
            lambda middle, more: scored.bands(middle + more, middle), st.integers(-10, 20), st.integers(1, 20)
        ),
    }
)
drawn_activities = st.lists(
    st.tuples(
        st.sampled_from(TYPES),
        st.one_of(st.integers(-1, 70), st.sampled_from([500, 3000])),
        st.one_of(st.none(), st.sampled_from(TITLES)),
        st.one_of(st.none(), st.integers(0, 120)),
    ),
    max_size=8,
)
drawn_leads = st.fixed_dictionaries(
    {
        "employees": st.one_of(st.none(), st.tuples(st.integers(0, 400), st.one_of(st.none(), st.integers(0, 100)))),
        "industry": st.sampled_from(["", *INDUSTRIES]),
        "seniority": st.sampled_from(["", *SENIORITY]),
        "title": st.sampled_from(["", "部長", "Sales Manager"]),
        "qualification": st.one_of(
            st.none(), st.tuples(st.sampled_from(["", "500万円"]), st.one_of(st.none(), st.integers(1, 5)))
        ),
        "custom": st.sampled_from([{}, {"rank": 3}, {"rank": "3"}, {"rank": 2.5}, {"rank": None}]),
        "acquired": st.integers(0, 3),
        "activities": drawn_activities,
    }
)

# -- the plain reading -------------------------------------------------------------------------------


def low(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def counted(test: dict[str, Any], lead: dict[str, Any]) -> list[tuple[str, int, str | None, int | None]]:
    found = []
    for kind, age, title, seconds in lead["activities"]:
        if age < 0 or (test.get("within_days") and age >= test["within_days"]):
            continue
        if test.get("types") and kind not in test["types"]:
            continue
        wanted = test.get("content") or {}
        if "contains" in wanted and not any(low(word) in low(title or "") for word in wanted["contains"]):
            continue
        if "title" in wanted and (title or "") not in wanted["title"]:
            continue
        found.append((kind, age, title, seconds))
    return found


def number(test: dict[str, Any], lead: dict[str, Any]) -> int:
    found = counted(test, lead)
    if test.get("measure"):
        return sum(seconds or 0 for *_, seconds in found)
    if test.get("distinct") == "content":
        return len({title for _, _, title, _ in found if title})
    if test.get("distinct") == "day":
        return len({age for _, age, _, _ in found})
    return len(found)


def holds(tree: dict[str, Any] | None, lead: dict[str, Any]) -> bool:
    if not tree:
        return True
    if "field" in tree:
        return field_holds(tree, lead)
    ((key, value),) = tree.items()
    if key == "all":
        return all(holds(item, lead) for item in value)
    if key == "any":
        return any(holds(item, lead) for item in value)
    if key == "not":
        return not holds(value, lead)
    if key == "some":
        return sum(holds(item, lead) for item in value["of"]) >= value["at_least"]
    if key == "inactive":
        return number({"types": value["types"], "within_days": value["days"]}, lead) == 0
    return number(value, lead) >= (value.get("at_least_total") or value.get("at_least", 1))


def field_holds(tree: dict[str, Any], lead: dict[str, Any]) -> bool:
    name, op, value = tree["field"], tree["op"], tree.get("value")
    if op == "ne":
        return not field_holds(tree | {"op": "eq"}, lead)
    if name == "company.employee_count":
        if lead["employees"] is None:
            return False
        lower = lead["employees"][0]
        upper = None if lead["employees"][1] is None else lower + lead["employees"][1]
        if op == "between":
            return lower >= value[0] and upper is not None and upper <= value[1]
        if op == "eq":
            return lower == upper == value
        return lower >= value if op == "gte" else upper is not None and upper <= value
    if name == "seniority":
        if not lead["seniority"]:
            return False
        mine, wanted = SENIORITY.index(lead["seniority"]), SENIORITY.index(value)
        return {"eq": mine == wanted, "gte": mine >= wanted, "lte": mine <= wanted}[op]
    if name == "company.industry":
        values = value if isinstance(value, list) else [value]
        return bool(lead["industry"]) and low(lead["industry"]) in [low(item) for item in values]
    if name == "title":
        return low(value) in low(lead["title"])
    if name == "qualification.budget":
        known = bool(lead["qualification"] and lead["qualification"][0])
        return known if op == "known" else not known
    if name == "qualification.temperature":
        return bool(lead["qualification"] and lead["qualification"][1] and lead["qualification"][1] >= value)
    if name == "custom.rank":
        rank = lead["custom"].get("rank")
        return isinstance(rank, int | float) and rank <= value
    return TODAY - timedelta(days=lead["acquired"]) <= date.fromisoformat(value)


def half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


def rule_points(rule: dict[str, Any], lead: dict[str, Any]) -> int:
    if not rule.get("per_activity"):
        return rule["points"] if holds(rule["condition"], lead) else 0
    test = rule["condition"]["activity"]
    half = rule["half_life_days"]
    if half:
        # Weights are counted in billionths: finer differences than that are nobody's points.
        weights = [Fraction(round(2.0 ** (-age / half) * 10**9), 10**9) for _, age, _, _ in counted(test, lead)]
        whole = half_up(rule["points"] * sum(weights, Fraction(0)))
    else:
        whole = rule["points"] * number(test, lead)
    return max(-rule["cap"], min(rule["cap"], whole))


def expected(model: dict[str, Any], lead: dict[str, Any]) -> int:
    sums: dict[str, int] = {}
    for rule in model["rules"]:
        sums[rule["dimension"]] = sums.get(rule["dimension"], 0) + rule_points(rule, lead)
    return sum(min(total, model["caps"].get(name, total)) for name, total in sums.items())


def chosen(given_models: list[dict[str, Any]], lead: dict[str, Any]) -> dict[str, Any]:
    return next(model for model in given_models if holds(model["applies_to"], lead))


# -- the test ----------------------------------------------------------------------------------------


def store(lead: dict[str, Any]) -> Lead:
    size = lead["employees"]
    upper = None if size is None or size[1] is None else size[0] + size[1]
    company = {"industry": lead["industry"], "employee_count": size and size[0], "employee_count_max": upper}
    known = lead["qualification"]
    made = rows.lead(
        company_fields=company,
        qualification={"budget": known[0], "temperature": known[1]} if known else None,
        seniority=lead["seniority"],
        title=lead["title"],
        custom=lead["custom"],
        acquired_at=NOON - timedelta(days=lead["acquired"]),
    )
    for kind, age, title, seconds in lead["activities"]:
        rows.activity(made, kind, TODAY - timedelta(days=age), content=title, duration_seconds=seconds)
    return made


def publish(model: dict[str, Any], number: int) -> None:
    """Published as it is drawn: unreachable lines are another test's business."""
    made = models.create(values=model | {"name": f"m{number}"}, by=None, at=NOON)
    ScoringModel.objects.filter(pk=made.pk).update(state="published", position=number, why="drawn", published_at=NOON)


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()
    CustomField.objects.get_or_create(key="rank", defaults={"label": "rank", "kind": "number"})


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(
    given_models=st.lists(drawn_models, min_size=1, max_size=2),
    given_leads=st.lists(drawn_leads, min_size=1, max_size=4),
)
def test_sql_explanation_and_plain_reading_agree(
    given_models: list[dict[str, Any]], given_leads: list[dict[str, Any]]
) -> None:
    assert NOON.astimezone(TOKYO).date() == TODAY
    for table in (LeadScore, Activity, Qualification, Lead, Company, ScoringModel):
        table.objects.all().delete()
    given_models[-1]["applies_to"] = None
    for position, model in enumerate(given_models):
        publish(model, position)
    stored = [store(lead) for lead in given_leads]
    scores.score_leads(lead_ids=[lead.pk for lead in stored], at=NOON, cause="bulk", reason="recompute")
    for made, lead in zip(stored, given_leads, strict=True):
        model = chosen(given_models, lead)
        total = expected(model, lead)
        score = LeadScore.objects.get(lead=made)
        assert score.total == total
        assert score.total == score.fit + score.engagement + score.intent + score.readiness + score.authority
        assert score.reaches_line == (total >= model["line"])
        starts = [band["from"] for band in model["bands"][:2]]
        assert score.band == ("high" if total >= starts[0] else "middle" if total >= starts[1] else "low")
        told = explain.explain(made, NOON)
        assert sum(line.points for line in told.lines) == told.total == total
        assert (told.band, told.grade, told.dimensions) == (
            score.band,
            score.grade,
            {name: getattr(score, name) for name in told.dimensions},
        )
