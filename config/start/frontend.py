"""Fetches the front-end packages by npm and copies the few files that pages need into static_vendor/."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.environment import ROOT
from config.start.surroundings import Missing, call, program, say

OLDEST_NODE = 20
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static_vendor" / "vendor"
STAMP = ROOT / "static_vendor" / "stamp"
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map": "tabler.min.css.map",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@tabler/core/dist/js/tabler.min.js.map": "tabler.min.js.map",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/i18n/langJA.js": "echarts-ja.js",
}
ICONS = "@tabler/icons/icons/outline"
# {% icon "check" %}, icon="check", icon: "check", icons.svg#check
USED = re.compile(r"""icon\s*[=:]?\s*["']([a-z][a-z0-9-]*)["']|icons\.svg[^#"']*["']?\s*%?\}?#([a-z][a-z0-9-]*)""")


def fetch() -> None:
    """Brings static_vendor/ up to date with package-lock.json and the icons in use; quick when it is."""
    icons = sorted(icons_in_use())
    mark = _fingerprint(icons)
    if STAMP.is_file() and STAMP.read_text() == mark and (VENDOR / "icons.svg").is_file():
        return
    _install()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in COPIES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    (VENDOR / "icons.svg").write_text(_sprite(MODULES / ICONS, icons), encoding="utf-8")
    STAMP.write_text(mark)


def icons_in_use() -> set[str]:
    """Names of icons that templates and code mention, and those of static/icons.txt, which a reader can't find."""
    listed = ROOT / "static" / "icons.txt"
    names = set(listed.read_text(encoding="utf-8").split()) if listed.is_file() else set()
    for path in _sources():
        for match in USED.finditer(path.read_text(encoding="utf-8")):
            names.add(match[1] or match[2])
    return names


def _sources() -> Iterator[Path]:
    yield from (ROOT / "templates").rglob("*.html")
    yield from (ROOT / "static").rglob("*.js")
    for app in ("accounts", "leads", "scoring", "handoff", "feedback", "reports", "integrations"):
        yield from (ROOT / app).rglob("*.py")


def _fingerprint(icons: list[str]) -> str:
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(" ".join([*icons, *COPIES, *COPIES.values()]).encode())
    return digest.hexdigest()


def _install() -> None:
    """npm ci, checked against the lock's digests, unless it was done for this very lock."""
    done = MODULES / ".done"
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if done.is_file() and done.read_text() == lock:
        return
    say("Fetching the front-end files …")
    npm, path = _npm()
    call([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], env={**os.environ, "PATH": path})
    done.write_text(lock)


def _npm() -> tuple[list[str], str]:
    """npm's command and the PATH on which its Node is found: the system's, else from a Python package."""
    path = os.environ.get("PATH", os.defpath)
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _major(node) >= OLDEST_NODE:
        return [npm], path
    say("No Node 20 or newer found; installing one for this folder only …")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    call([*pip, "--no-deps", "--only-binary", ":all:", "-r", "requirements-node.lock"])
    own = program("npm")
    if own is None:
        raise Missing("Node is missing. Install Node 20 or newer (Debian, Ubuntu: apt install nodejs npm).")
    return [own], os.pathsep.join([str(Path(sys.executable).parent), path])


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def _sprite(folder: Path, icons: list[str]) -> str:
    symbols = "\n".join(_symbol(folder / f"{name}.svg", name) for name in icons if (folder / f"{name}.svg").is_file())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(path: Path, name: str) -> str:
    """One drawing of 24 × 24 as a symbol; the stylesheet's .icon gives the pen."""
    drawing = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
    inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inside[1].strip() if inside else ""}</symbol>'
