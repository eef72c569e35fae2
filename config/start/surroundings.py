"""The machine around a start: where things lie, the secret, and words for what is missing."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from config.environment import ROOT, text, var_dir

SCRIPTS = Path(sys.executable).parent


class Missing(Exception):
    """Something the machine lacks; the text says what and which command helps."""


def begin() -> Path:
    """Prepares the process for Django: settings module, state folder, secret. Returns the state folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.chdir(ROOT)
    var = var_dir()
    if not text("HANDOFF_SECRET_KEY"):
        _keep_secret(var / "secret_key")
    return var


def _keep_secret(path: Path) -> None:
    if path.is_file() and path.stat().st_size:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))


def say(sentence: str) -> None:
    """One line about what is being done."""
    print(sentence, flush=True)


def program(*names: str) -> str | None:
    """The first of these programs that is on PATH or among the installed packages' own."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), str(SCRIPTS)])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


def call(command: Sequence[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Runs a program to its end; raises Missing with its last words when it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip()[-2000:]
        raise Missing(f"{Path(command[0]).name} failed (exit {done.returncode}):\n{words}")


def plainly(work: Callable[[], int | None]) -> int:
    """Runs a command's work; what is missing becomes one sentence and exit code 1."""
    try:
        return work() or 0
    except Missing as missing:
        print(f"run: {missing}", file=sys.stderr)
        return 1
