"""The arrows between the apps, as pyproject.toml draws them."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT

pytestmark = pytest.mark.once


def test_every_arrow_points_downward():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
