"""The Excel starter as practitioners publish it, row by row."""

from typing import Any

import pytest

from leads.models import Lead
from leads.queries import conditions
from scoring.domain import formula
from scoring.queries import specs
from scoring.services import models
from tests.cast import organization
from tests.scoring import rows, scored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()


def tanaka(seniority: str = "manager", **company: Any) -> Lead:
    """田中一郎: manufacturing, 120 employees, one download, two visits."""
    fields = {"industry": "製造業", "employee_count": 120, "employee_count_max": 120} | company
    lead = rows.lead(last_name="田中一郎", seniority=seniority, company_fields=fields)
    rows.activity(lead, "document_download", content="導入ガイド")
    rows.activity(lead, "site_visit", "2026-11-18")
    rows.activity(lead, "site_visit", "2026-11-19")
    return lead


def test_ar_01_the_points_of_the_excel_starter_and_its_maximum_of_50() -> None:
    spec = specs.spec(scored.excel(), conditions.registry())
    assert {rule.key: rule.points for rule in spec.rules} == {
        "employees": 5,
        "industry": 5,
        "seniority": 10,
        "download": 10,
        "webinar": 15,
        "visits": 5,
    }
    assert formula.maximum(spec) == 50
    assert spec.line == 30
    assert [(band.band, band.start) for band in spec.bands] == [("high", 30), ("middle", 15), ("low", None)]


def test_ar_02_tanaka_has_exactly_25_and_is_middle() -> None:
    scored.excel()
    score = scored.score(tanaka())
    assert (score.total, score.band, score.reaches_line) == (25, "middle", False)
    assert (score.fit, score.engagement, score.authority) == (10, 15, 0)


def test_ar_03_as_department_head_tanaka_has_35_and_is_over_the_line() -> None:
    scored.excel()
    score = scored.score(tanaka(seniority="director"))
    assert (score.total, score.band, score.reaches_line) == (35, "high", True)


@pytest.mark.parametrize(("line", "reaches"), [(25, True), (26, False)])
def test_ar_04_the_line_means_at_least(line: int, reaches: bool) -> None:
    model = scored.excel()
    draft = models.patch(
        model=models.copy(model=model, by=None, at=rows.NOON),
        values={"line": line, "bands": scored.bands(line, 15)},
        by=None,
        at=rows.NOON,
    )
    models.publish(model=draft, why="test", by=None, at=rows.NOON)
    score = scored.score(tanaka())
    assert (score.total, score.reaches_line, score.band == "high") == (25, reaches, reaches)


@pytest.mark.parametrize(("points", "reaches"), [(30, True), (29, False)])
def test_ar_04_30_is_in_and_29_is_out(points: int, reaches: bool) -> None:
    scored.published(
        [scored.rule({"activity": {}}, points, key="a"), scored.rule({"activity": {"types": ["call"]}}, 1, key="b")],
        line=30 if points == 30 else 30,
        bands=scored.bands(30, 15),
    )
    lead = rows.lead()
    rows.activity(lead, "site_visit")
    score = scored.score(lead)
    assert (score.total, score.reaches_line, score.band) == (points, reaches, "high" if reaches else "middle")


@pytest.mark.parametrize(("employees", "points"), [(49, 0), (50, 5)])
def test_ar_06_49_employees_bring_nothing_and_50_bring_5(employees: int, points: int) -> None:
    scored.excel()
    lead = rows.lead(company_fields={"employee_count": employees, "employee_count_max": employees})
    assert scored.score(lead).total == points


def test_ar_07_two_downloads_bring_10_once_and_10_each_up_to_the_cap_per_activity() -> None:
    lead = rows.lead()
    for title in ("甲", "乙"):
        rows.activity(lead, "document_download", content=title)
    downloads = {"activity": {"types": ["document_download"]}}
    scored.published([scored.rule(downloads, 10)])
    assert scored.score(lead).total == 10
    scored.published([scored.rule(downloads, 10, per_activity=True, cap=30)])
    assert scored.score(lead).total == 20
    scored.published([scored.rule(downloads, 10, per_activity=True, cap=15)])
    assert scored.score(lead).total == 15
