"""The condition language compiled to SQL: each operator, whole local days, unknown values; held against the reading."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Q

from leads.domain import condition_reading
from leads.models import CustomField, Lead, LeadScore
from leads.queries import conditions
from tests.cast import NOON, organization, tokyo
from tests.scoring import rows

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


def found(tree: Any, on: date = DAY) -> set[int]:
    """Whom SQL finds, after checking that the plain reading finds the same."""
    known = conditions.registry()
    node = conditions.read(tree, known=known)
    by_sql = set(Lead.objects.filter(conditions.compile(node, on=on)).values_list("pk", flat=True))
    facts = conditions.facts(Lead.objects.all(), known=known)
    by_hand = {pk for pk, fact in facts.items() if condition_reading.holds(node, fact, on=on, registry=known)}
    assert by_sql == by_hand
    return by_sql


@pytest.mark.parametrize(("employees", "inside"), [(49, False), (50, True), (300, True), (301, False)])
def test_ar_29_50_to_300_employees(employees: int, inside: bool) -> None:
    lead = rows.lead(company_fields={"employee_count": employees, "employee_count_max": employees})
    wanted = {lead.pk} if inside else set()
    assert found({"field": "company.employee_count", "op": "between", "value": [50, 300]}) == wanted
    both = {"all": [{"field": "company.employee_count", "op": op, "value": v} for op, v in (("gte", 50), ("lte", 300))]}
    assert found(both) == wanted


def test_a_range_of_employees_is_read_at_its_lower_and_its_upper_bound() -> None:
    lead = rows.lead(company_fields={"employee_count": 101, "employee_count_max": 300})
    size = "company.employee_count"
    assert found({"field": size, "op": "gte", "value": 101}) == {lead.pk}
    assert found({"field": size, "op": "gte", "value": 102}) == set()
    assert found({"field": size, "op": "lte", "value": 300}) == {lead.pk}
    assert found({"field": size, "op": "lte", "value": 299}) == set()


def test_an_open_range_is_never_at_most_something() -> None:
    rows.lead(company_fields={"employee_count": 1000, "employee_count_max": None})
    assert found({"field": "company.employee_count", "op": "lte", "value": 1_000_000}) == set()
    assert len(found({"field": "company.employee_count", "op": "gte", "value": 1000})) == 1


def test_unknown_values_satisfy_only_unknown_and_ne() -> None:
    blank = rows.lead()
    for name in ("company.industry", "title", "seniority", "qualification.phase", "custom.rank", "channel"):
        if name.startswith("custom"):
            CustomField.objects.create(key="rank", label="等級", kind="text")
        value = {"seniority": "director", "qualification.phase": "comparing"}.get(name, "x")
        assert found({"field": name, "op": "eq", "value": value}) == set(), name
        assert found({"field": name, "op": "ne", "value": value}) == {blank.pk}, name
        assert found({"not": {"field": name, "op": "eq", "value": value}}) == {blank.pk}, name
        assert found({"field": name, "op": "in", "value": [value]}) == set(), name
        assert found({"field": name, "op": "known"}) == set(), name
        assert found({"field": name, "op": "unknown"}) == {blank.pk}, name


def test_seniority_at_least_director_means_director_and_above() -> None:
    leads = {s: rows.lead(seniority=s).pk for s in ("staff", "manager", "director", "executive", "president", "")}
    above = {leads["director"], leads["executive"], leads["president"]}
    assert found({"field": "seniority", "op": "gte", "value": "director"}) == above
    assert found({"field": "seniority", "op": "lte", "value": "manager"}) == {leads["staff"], leads["manager"]}
    assert found({"field": "seniority", "op": "between", "value": ["manager", "director"]}) == {
        leads["manager"],
        leads["director"],
    }


def test_text_compares_without_the_case_of_ascii_letters_only() -> None:
    lead = rows.lead(title="Senior Sales MANAGER")
    wide = rows.lead(title="ＭＡＮＡＧＥＲ")
    words = {"field": "title", "op": "contains", "value": ["manager", "課長"]}
    assert found(words) == {lead.pk}
    assert found({"field": "title", "op": "eq", "value": "senior sales manager"}) == {lead.pk}
    assert found({"field": "title", "op": "contains", "value": "ＭＡ"}) == {wide.pk}


@pytest.mark.parametrize("typed", ["100%", "_", "'", "\\", '"; DROP TABLE leads_lead; --', "%s", "%(x)s", "$."])
def test_what_a_person_types_is_only_ever_a_value(typed: str) -> None:
    lead = rows.lead(title=f"a{typed}b", company_fields={"industry": typed})
    rows.lead(title="ab", company_fields={"industry": "other"})
    assert found({"field": "title", "op": "contains", "value": typed}) == {lead.pk}
    assert found({"field": "company.industry", "op": "in", "value": [typed]}) == {lead.pk}
    rows.activity(lead, "page_view", url=f"https://x.example/{typed}")
    assert found({"activity": {"types": ["page_view"], "content": {"contains": [typed]}}}) == {lead.pk}


def test_custom_values_compare_by_the_kind_of_their_field() -> None:
    for key, kind in (("量", "number"), ("いつ", "date"), ("済", "yes_no"), ("区分", "choice")):
        CustomField.objects.create(key=key, label=key, kind=kind, choices=["A", "B"])
    lead = rows.lead(custom={"量": 12.5, "いつ": "2026-12-01", "済": True, "区分": "A"})
    wrong = rows.lead(custom={"量": "99", "済": "true", "区分": ""})
    other = rows.lead(custom={"量": 3, "いつ": "2026-10-01", "済": False, "区分": "B"})
    assert found({"field": "custom.量", "op": "gte", "value": 12}) == {lead.pk}
    assert found({"field": "custom.いつ", "op": "gte", "value": "2026-11-01"}) == {lead.pk}
    assert found({"field": "custom.済", "op": "eq", "value": True}) == {lead.pk}
    assert found({"field": "custom.済", "op": "eq", "value": False}) == {other.pk}
    assert found({"field": "custom.区分", "op": "in", "value": ["A"]}) == {lead.pk}
    assert found({"field": "custom.済", "op": "unknown"}) == {wrong.pk}
    assert found({"field": "custom.量", "op": "known"}) == {lead.pk, other.pk}


def test_moments_compare_by_local_days() -> None:
    before = rows.lead(acquired_at=tokyo("2026-11-20 23:59"))
    after = rows.lead(acquired_at=tokyo("2026-11-21 00:01"))
    assert found({"field": "acquired_at", "op": "lte", "value": "2026-11-20"}) == {before.pk}
    assert found({"field": "acquired_at", "op": "gte", "value": "2026-11-21"}) == {after.pk}
    assert found({"field": "acquired_at", "op": "between", "value": ["2026-11-20", "2026-11-21"]}) == {
        before.pk,
        after.pk,
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("op", "value", "held"),
    [
        ("gte", "0001-01-01", True),
        ("gte", "9999-12-31", False),
        ("lte", "0001-01-01", False),
        ("lte", "9999-12-31", True),
        ("between", ["0001-01-01", "9999-12-31"], True),
    ],
)
def test_days_at_the_ends_of_the_calendar_are_days_too(zone: str, op: str, value: Any, held: bool) -> None:
    organization(time_zone=zone)
    lead = rows.lead()
    assert found({"field": "acquired_at", "op": op, "value": value}) == ({lead.pk} if held else set())


def test_a_window_of_30_days_is_a_difference_of_local_dates_under_30() -> None:
    lead = rows.lead()
    rows.activity(lead, "site_visit", "2026-10-22")  # 29 days before the 20th
    within = {"activity": {"types": ["site_visit"], "within_days": 30}}
    assert found(within, date(2026, 11, 20)) == {lead.pk}
    assert found(within, date(2026, 11, 21)) == set()
    assert found(within, date(2026, 10, 21)) == set()  # not yet done on that day
    assert found({"inactive": {"days": 30}}, date(2026, 11, 20)) == set()
    assert found({"inactive": {"days": 30}}, date(2026, 11, 21)) == {lead.pk}


def test_activities_are_counted_by_number_content_day_and_duration() -> None:
    lead = rows.lead()
    for day, title, seconds in (("2026-11-01", "甲", 60), ("2026-11-01", "甲", 60), ("2026-11-02", "乙", 90)):
        rows.activity(lead, "page_view", day, content=title, duration_seconds=seconds)
    rows.activity(lead, "page_view", "2026-11-02")
    base: dict[str, Any] = {"types": ["page_view"]}
    assert found({"activity": base | {"at_least": 4}}) == {lead.pk}
    assert found({"activity": base | {"at_least": 5}}) == set()
    assert found({"activity": base | {"distinct": "content", "at_least": 2}}) == {lead.pk}
    assert found({"activity": base | {"distinct": "content", "at_least": 3}}) == set()
    assert found({"activity": base | {"distinct": "day", "at_least": 2}}) == {lead.pk}
    assert found({"activity": base | {"distinct": "day", "at_least": 3}}) == set()
    assert found({"activity": base | {"measure": "duration_seconds", "at_least_total": 210}}) == {lead.pk}
    assert found({"activity": base | {"measure": "duration_seconds", "at_least_total": 211}}) == set()


def test_the_same_mail_opened_ten_times_is_one_content() -> None:
    lead = rows.lead()
    for _ in range(10):
        rows.activity(lead, "email_open", content="11月のお知らせ")
    assert found({"activity": {"types": ["email_open"], "distinct": "content", "at_least": 2}}) == set()
    assert found({"activity": {"types": ["email_open"], "distinct": "content"}}) == {lead.pk}


def test_a_content_filter_reads_title_address_kind_and_industry() -> None:
    lead = rows.lead()
    rows.content("導入事例：東浜精工", kind="case_study", industry="製造業")
    rows.activity(lead, "document_download", content="導入事例：東浜精工")
    other = rows.lead()
    rows.activity(other, "document_download", url="https://x.example/Pricing?a=1")
    kinds = {"types": ["document_download"]}
    assert found({"activity": kinds | {"content": {"kind": ["case_study"], "industry": "製造業"}}}) == {lead.pk}
    assert found({"activity": kinds | {"content": {"contains": ["/pricing"]}}}) == {other.pk}
    assert found({"activity": kinds | {"content": {"contains": ["事例"], "kind": "else"}}}) == set()
    assert found({"activity": {"content": {"title": ["導入事例：東浜精工"]}}}) == {lead.pk}


def test_groups_nest() -> None:
    a = rows.lead(title="部長", department="営業部")
    b = rows.lead(title="部長")
    c = rows.lead(department="営業部")
    is_head = {"field": "title", "op": "eq", "value": "部長"}
    sells = {"field": "department", "op": "known"}
    assert found({"all": [is_head, sells]}) == {a.pk}
    assert found({"any": [is_head, sells]}) == {a.pk, b.pk, c.pk}
    assert found({"not": {"all": [is_head, sells]}}) == {b.pk, c.pk}
    assert found({"some": {"at_least": 2, "of": [is_head, sells, {"not": sells}]}}) == {a.pk, b.pk}
    assert found({}) == found({"all": []}) == {a.pk, b.pk, c.pk}


def test_lists_may_ask_for_stage_score_band_and_latest_activity() -> None:
    lead = rows.lead(last_activity_at=tokyo("2026-11-19 10:00"))
    other = rows.lead()
    LeadScore.objects.create(lead=lead, total=40, band="high", as_of=DAY, computed_at=NOON)
    assert found({"field": "score", "op": "gte", "value": 30}) == {lead.pk}
    assert found({"field": "band", "op": "ne", "value": "high"}) == {other.pk}
    assert found({"field": "stage", "op": "in", "value": ["lead", "mal"]}) == {lead.pk, other.pk}
    assert found({"field": "last_activity_at", "op": "gte", "value": "2026-11-19"}) == {lead.pk}


def test_ar_43_the_published_mql_condition_can_be_said() -> None:
    tree = {
        "all": [
            {"activity": {"types": ["document_download"], "distinct": "content", "at_least": 2}},
            {"activity": {"types": ["site_visit"], "within_days": 30, "at_least": 3}},
            {"field": "company.employee_count", "op": "gte", "value": 100},
            {"field": "title", "op": "contains", "value": ["manager", "director", "VP", "課長", "部長", "役員"]},
        ]
    }
    lead = rows.lead(title="Vice President (VP)", company_fields={"employee_count": 100, "employee_count_max": 100})
    for title in ("甲", "乙"):
        rows.activity(lead, "document_download", "2026-01-05", content=title)
    for _ in range(3):
        rows.activity(lead, "site_visit", "2026-11-10")
    assert found(tree) == {lead.pk}
    assert conditions.matches(tree, lead, on=DAY)
    lead.title = "主任"
    lead.save()
    assert found(tree) == set()


def test_a_condition_works_beside_other_filters_in_annotations_and_from_afar() -> None:
    lead = rows.lead(title="部長")
    LeadScore.objects.create(lead=lead, total=40, band="high", as_of=DAY, computed_at=NOON)
    head = {"field": "company.industry", "op": "ne", "value": "小売"}
    expression = conditions.compile(head, on=DAY)
    assert Lead.objects.filter(Q(expression) | Q(title="x"), title="部長").count() == 1
    assert Lead.objects.filter(~Q(expression)).count() == 0
    assert Lead.objects.annotate(yes=expression).values_list("yes", flat=True)[0] in (True, 1)
    assert LeadScore.objects.filter(conditions.compile(head, on=DAY, scope="lead__")).count() == 1
    busy = {"activity": {"types": ["call"]}}
    assert LeadScore.objects.filter(~Q(conditions.compile(busy, on=DAY, scope="lead__"))).count() == 1


@pytest.mark.parametrize("written", ["製造業", "Manufacturing", "manufacturing", "製造"])
@pytest.mark.parametrize("wanted", ["製造業", "Manufacturing"])
def test_an_industry_is_one_in_both_languages(written: str, wanted: str) -> None:
    lead = rows.lead(company_fields={"industry": written})
    other = rows.lead(company_fields={"industry": "Food"})
    blank = rows.lead(company_fields={"industry": ""})
    industry = "company.industry"
    assert found({"field": industry, "op": "in", "value": [wanted, "Retail"]}) == {lead.pk}
    assert found({"field": industry, "op": "eq", "value": wanted}) == {lead.pk}
    assert found({"field": industry, "op": "ne", "value": wanted}) == {other.pk, blank.pk}
