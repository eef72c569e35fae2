"""Pages keep the content security policy and escape everything: nothing inline, nothing marked safe."""

import re

import pytest

from tests.house import tracked

pytestmark = pytest.mark.once

TEMPLATES = [path for path in tracked.ending(".html") if "templates" in path.parts]
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style[\s>]"),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b|\{%\s*autoescape off"),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"'](application|text)/(ld\+)?json)[^>]*>"),
    "a file from elsewhere": re.compile(r"(src|href)=[\"'](https?:)?//(?!\{)"),
}


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_holds(fault):
    pattern = FORBIDDEN[fault]
    assert [tracked.name(path) for path in TEMPLATES if pattern.search(COMMENT.sub("", tracked.text(path)))] == []


@pytest.mark.parametrize(
    ("fault", "example"),
    [
        ("an inline style", '<p class="x" style="color:red">'),
        ("a style element", "<style>"),
        ("an inline handler", '<a onclick="x()">'),
        ("a javascript address", '<a href="javascript:x">'),
        ("unescaped output", "{{ name|safe }}"),
        ("an inline script", '<script nonce="{{ n }}">x()</script>'),
        ("a file from elsewhere", '<img src="https://elsewhere.example/x.png">'),
    ],
)
def test_the_search_finds(fault, example):
    assert FORBIDDEN[fault].search(example)


@pytest.mark.parametrize(
    "example",
    [
        "<script src=\"{% static 'js/shell.js' %}\" defer></script>",
        '<script type="application/json" id="data">{{ data }}</script>',
        '<a href="{{ url }}">x</a>',
    ],
)
def test_the_search_lets_pass(example):
    assert not [fault for fault, pattern in FORBIDDEN.items() if pattern.search(example)]


def test_no_code_marks_text_as_safe():
    escaped = re.compile(r"\bmark_safe\b|\bSafeString\(|\.innerHTML\b|\beval\(|document\.write")
    sources = [path for path in tracked.ending(".py", ".js") if "tests" not in path.parts]
    assert [tracked.name(path) for path in sources if escaped.search(tracked.text(path))] == []


def test_no_template_writes_the_dot_between_words_itself():
    """It is ` · ` in English and `・` in Japanese: a translation says which."""
    said = re.compile(r"\{%\s*translate\b.*?%\}|\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}", re.DOTALL)
    bare = [tracked.name(path) for path in TEMPLATES if "·" in said.sub("", COMMENT.sub("", tracked.text(path)))]
    assert bare == []
