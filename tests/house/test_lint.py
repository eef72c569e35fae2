"""Form of the code and of the templates, types of the rules."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT

pytestmark = pytest.mark.once

CHECKS = {
    "ruff": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--no-cache", "--check", "."],
    "types": ["mypy"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_holds(check):
    program, *words = CHECKS[check]
    command = [Path(sys.executable).with_name(program), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
