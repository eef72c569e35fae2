"""What the README and the documents show and link to is there."""

import re
import subprocess

import pytest

from config.environment import ROOT
from tests.house import tracked

pytestmark = pytest.mark.once

DOCUMENTS = [path for path in tracked.ending(".md") if path.parent in (ROOT, ROOT / "docs")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=tracked.name)
def test_every_link_within_the_project_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)", tracked.text(document))
    inside = [target for target in targets if ":" not in target]
    assert [target for target in inside if not (document.parent / target).exists()] == []


def test_an_unknown_word_is_named_before_anything_is_set_up():
    done = subprocess.run([ROOT / "run", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nonsense" in done.stderr.splitlines()[0]
    assert "./run setup" in done.stderr


def test_a_restore_without_a_copy_says_where_copies_lie():
    done = subprocess.run([ROOT / "run", "restore"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "./run restore FILE" in done.stderr
