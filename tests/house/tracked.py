"""The files of the project, as version control knows them; without it, those that it would not ignore."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.environment import ROOT

GENERATED = {".git", ".venv", "var", "node_modules", "static_vendor", "__pycache__", ".pytest_cache", ".ruff_cache"}


@cache
def files() -> tuple[Path, ...]:
    if (ROOT / ".git").exists() and shutil.which("git"):
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return tuple(path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file())
    return tuple(path for path in ROOT.rglob("*") if path.is_file() and not GENERATED & set(path.parts))


def ending(*suffixes: str) -> Iterator[Path]:
    return (path for path in files() if path.suffix in suffixes)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
