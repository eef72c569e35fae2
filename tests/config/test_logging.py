"""HANDOFF_LOG_LEVEL holds for every logger."""

import os
import subprocess
import sys

import pytest

from config.environment import ROOT

WORDS = """
import django, logging
django.setup()
for name in ("django.request", "handoff.services"):
    logging.getLogger(name).warning("heard")
"""


@pytest.mark.parametrize(("level", "heard"), [("WARNING", 2), ("ERROR", 0)])
def test_what_is_below_the_level_is_not_said_by_djangos_loggers_either(level: str, heard: int) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings", "HANDOFF_LOG_LEVEL": level,
        "HANDOFF_DEBUG": "0", "HANDOFF_SECRET_KEY": "signs nothing that anyone else should believe, at some length",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", WORDS], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("heard") == heard
