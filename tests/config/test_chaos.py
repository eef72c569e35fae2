"""./run chaos: a small run of what is killed, on a file of its own."""

import os
import subprocess
import sys

from config.environment import ROOT


def test_killed_sweepers_lose_nothing_and_say_so(tmp_path):
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": "", "REDIS_URL": "",
        "VAR_DIR": str(tmp_path), "HANDOFF_DEBUG": "1", "HANDOFF_LOG_LEVEL": "CRITICAL",
    }  # fmt: skip
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    words = [sys.executable, "-m", "chaos", "alerts", "--alerts", "30", "--kills", "2"]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kill -9 | 0 lost, 0 twice, 0 still owed | held" in done.stdout
