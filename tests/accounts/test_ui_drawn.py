"""Components drawn once: the same for the same values, another in another language, never markup for text."""

import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe

from accounts.interface import drawn
from accounts.models import Team

pytestmark = pytest.mark.once


def render(template: str, **values: object) -> str:
    return engines["django"].from_string(template).render(values)


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """The templates that were drawn."""
    made: list[str] = []
    real = drawn.render_to_string
    monkeypatch.setattr(drawn, "render_to_string", lambda name, *rest: made.append(name) or real(name, *rest))
    return made


def test_the_same_values_are_drawn_once(drawings):
    first, second = (render("{% stage 'mql' 7321 %}") for _ in range(2))

    assert first == second
    assert drawings == ["components/stage.html"]


def test_each_language_has_its_own():
    with translation.override("en"):
        english = render("{% band 'high' %}")

    assert english != render("{% band 'high' %}")


def test_markup_is_not_remembered_for_the_same_text():
    bold = mark_safe("<b>承認待ち</b>")

    assert "<b>承認待ち</b>" in render("{% mark text %}", text=bold)
    assert "&lt;b&gt;承認待ち&lt;/b&gt;" in render("{% mark text %}", text=str.__str__("<b>承認待ち</b>"))


def test_a_renamed_team_is_drawn_with_its_new_name():
    team = Team(pk=7, name="営業1部")
    render("{% owner '' team=team %}", team=team)
    team.name = "営業本部"

    assert "営業本部" in render("{% owner '' team=team %}", team=team)
