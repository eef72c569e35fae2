"""Fetches the front-end packages by npm and has the few files that pages need copied into static_vendor/."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from accounts import vendor
from config.environment import ROOT
from config.start.surroundings import Missing, call, say

OLDEST_NODE = 20
MODULES = ROOT / "node_modules"
TARGET = ROOT / "static_vendor"
LOCK = ROOT / "package-lock.json"


def fetch() -> None:
    """Brings static_vendor/ up to date with package-lock.json and the icons in use; quick when it is."""
    stamp = TARGET / ".stamp"
    if _is_current(stamp):
        return
    _install()
    try:
        vendor.collect(node_modules=MODULES, root=ROOT, target=TARGET)
    except vendor.MissingVendorFiles as error:
        raise Missing(f"front-end files: {error}") from error
    stamp.write_text(_fingerprint())


def _is_current(stamp: Path) -> bool:
    if not stamp.is_file():
        return False
    # An image keeps the collected files without the packages they came from.
    return not MODULES.is_dir() or stamp.read_text() == _fingerprint()


def _fingerprint() -> str:
    available = {path.stem for path in (MODULES / vendor.OUTLINES).glob("*.svg")}
    icons = sorted(vendor.icon_names(root=ROOT, available=available))
    return hashlib.sha256(" ".join([_lock(), *icons, *vendor.FILES, *vendor.FILES.values()]).encode()).hexdigest()


def _lock() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _install() -> None:
    """npm ci, which checks the lock's digests, unless it was done for this very lock."""
    done = MODULES / ".done"
    if done.is_file() and done.read_text() == _lock():
        return
    say("Fetching the front-end files …")
    npm, path = _npm()
    call([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], env={**os.environ, "PATH": path})
    done.write_text(_lock())


def _npm() -> tuple[str, str]:
    """npm and the PATH on which its Node is found: the system's, else one from a Python package."""
    path = os.environ.get("PATH", os.defpath)
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _major(node) >= OLDEST_NODE:
        return npm, path
    say("No Node 20 or newer found; installing one for this folder only …")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    call([*pip, "--no-deps", "--only-binary", ":all:", "-r", "requirements-node.lock"])
    scripts = str(Path(sys.executable).parent)
    own = shutil.which("npm", path=scripts)
    if own is None:
        raise Missing("Node is missing. Install Node 20 or newer (Debian, Ubuntu: apt install nodejs npm).")
    return own, os.pathsep.join([scripts, path])


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0
