"""The components draw what they should, escape what they are given, and carry no inline style or script."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from accounts import vendor
from accounts.interface import toasts
from accounts.interface.clock_faces import ClockFace
from tests.cast import tokyo

DRAWING = '<svg><path stroke="none" d="M0 0"/><path d="M1 1"/></svg>'
ENDS = [("won", "受注"), ("lost", "失注"), ("nurture", "育成"), ("disqualified", "対象外")]
AT = tokyo("2026-11-20 14:32")
TEMPLATES = Path(settings.BASE_DIR) / "templates"
INLINE = re.compile(
    r"""\sstyle=|\son[a-z]+=|hx-on|<style|javascript:|<script(?![^>]*(?:src=|type="application/json"))"""
)


def draw(source, **values):
    request = RequestFactory().get("/leads/?ordering=-score&cursor=abc&band=high")
    request.entry = SimpleNamespace(at=AT)
    with translation.override("ja"):
        return Template(source).render(Context({"request": request} | values))


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_have_no_inline_style_or_script(path):
    source = path.read_text("utf-8")
    assert INLINE.findall(re.sub(r"\{%.*?%\}", "", source)) == []
    assert "|safe" not in source


def test_names_are_escaped_everywhere():
    evil = SimpleNamespace(last_name="<img src=x>", first_name="'\"")
    drawn = draw(
        "{% who evil company=name url=name title=name %}{% owner evil note=name %}{% avatar evil %}"
        "{% mark name icon='x' %}{% sheet id='a' title=name %}{{ name }}{% endsheet %}"
        "{% empty title=name %}{% endempty %}{% need title=name %}{% endneed %}",
        evil=evil,
        name='<img src=x onerror="a">',
    )
    assert "<img" not in drawn
    assert drawn.count("&lt;img") >= 8


@pytest.mark.parametrize(("band", "bars", "word"), [("high", 3, "高"), ("middle", 2, "中"), ("low", 1, "低")])
def test_band_says_its_word_and_its_bars(band, bars, word):
    drawn = draw("{% band value %}", value=band)
    assert drawn.count('class="on"') == bars
    assert word in drawn


def test_score_not_computed_yet_says_so():
    assert "未採点" in draw("{% score None %}")
    assert "未採点" in draw("{% score lead.score.total lead.score.band %}", lead=SimpleNamespace())
    assert "−4" in draw('{% score 57 "middle" -4 %}')


def test_stage_fills_its_pips():
    drawn = draw('{% stage "mql" days=2 %}')
    assert drawn.count('class="on"') == 3
    assert "MQL" in drawn
    assert "2日" in drawn


@pytest.mark.parametrize(
    ("stage", "word"), [("won", "受注"), ("lost", "失注"), ("nurture", "育成"), ("disqualified", "対象外")]
)
def test_ends_are_marks_with_a_word(stage, word):
    drawn = draw("{% stage value %}", value=stage)
    assert "hf-mark" in drawn
    assert word in drawn


def test_clock_carries_what_the_page_needs_to_count_on():
    face = ClockFace(
        due_at=AT + timedelta(minutes=84), at=AT, remaining=84, total=168, windows=((AT, AT + timedelta(hours=3)),)
    )
    drawn = draw("{% clock face %}", face=face)
    assert 'data-clock="soon"' in drawn
    assert "残り <b>1</b>時間<b>24</b>分" in drawn
    assert f'data-due-at="{face.due_at.isoformat()}"' in drawn
    assert "data-windows=" in drawn


def test_a_met_clock_does_not_run():
    drawn = draw("{% clock face %}", face=ClockFace(due_at=AT, at=AT, remaining=0, total=60, met_after=48))
    assert "data-windows" not in drawn
    assert "期限内（48分）" in drawn


def test_when_keeps_the_exact_moment_on_hover():
    drawn = draw("{% when at %}", at=AT - timedelta(days=1))
    assert "昨日 14:32" in drawn
    assert 'title="11/19(木) 14:32"' in drawn


def test_what_is_known_by_its_day_alone_shows_no_time():
    drawn = draw("{% when at 'happened' %}", at=tokyo("2026-11-18 00:00"))
    assert "11/18(水)" in drawn
    assert "0:00<" not in drawn
    assert "title" not in drawn
    assert "11/18(水) 0:00" in draw("{% when at %}", at=tokyo("2026-11-18 00:00"))
    assert "11/18(水) 9:05" in draw("{% when at 'happened' %}", at=tokyo("2026-11-18 09:05"))


def test_rate_says_when_there_are_few_cases():
    assert "件数少" in draw("{% rate 12 17 %}")
    assert "件数少" not in draw("{% rate 12 20 %}")
    assert "12/17" in draw("{% rate 12 17 %}")


def test_sort_turns_round_and_starts_at_the_first_page():
    drawn = draw('<table><tr>{% sort "score" "スコア" %}{% sort "stage" "ステージ" %}</tr></table>')
    assert 'aria-sort="descending"' in drawn
    assert "?ordering=score&amp;band=high" in drawn
    assert "?ordering=-stage&amp;band=high" in drawn
    assert "cursor" not in drawn


def test_owner_falls_back_to_the_queue_then_to_nobody():
    assert "営業2部" in draw('{% owner None team="営業2部" %}')
    assert "未割り当て" in draw("{% owner None %}")


def test_undo_of_a_toast_survives_the_message():
    message = SimpleNamespace(extra_tags="undo:/leads/undo/7/")
    assert draw("{{ message|undo_url }}", message=message) == "/leads/undo/7/"
    assert toasts.undo_url("other") == ""


def test_components_within_a_line_add_no_space():
    for name in ("band", "score", "stage", "age", "mark", "owner", "bar", "rate", "clock"):
        assert not (TEMPLATES / "components" / f"{name}.html").read_text("utf-8").endswith("\n"), name


def test_sprite_holds_the_icons_that_templates_and_code_name(tmp_path):
    modules, root = tmp_path / "node_modules", tmp_path / "root"
    for source in vendor.FILES:
        (modules / source).parent.mkdir(parents=True, exist_ok=True)
        (modules / source).write_text("x")
    (modules / vendor.OUTLINES).mkdir(parents=True)
    for name in ("sun", "phone", "x"):
        (modules / vendor.OUTLINES / f"{name}.svg").write_text(
            '<svg><path stroke="none" d="M0 0"/><path d="M1 1"/></svg>'
        )
    (root / "templates").mkdir(parents=True)
    (root / "templates" / "a.html").write_text('{% icon "sun" "s" %}')
    (root / "leads").mkdir()
    (root / "leads" / "a.py").write_text('ICONS = {"call": "phone"}')
    done = vendor.collect(node_modules=modules, root=root, target=tmp_path / "out")
    assert done.icons == ("phone", "sun")
    drawn = (tmp_path / "out" / "vendor" / "icons.svg").read_text()
    assert '<symbol id="sun" viewBox="0 0 24 24"><path d="M1 1"/></symbol>' in drawn
    (root / "templates" / "a.html").write_text('{% icon "no-such" %}')
    with pytest.raises(vendor.MissingVendorFiles, match="no-such"):
        vendor.collect(node_modules=modules, root=root, target=tmp_path / "out")
