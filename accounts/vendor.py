"""Which files of others the pages need, and how they get from `node_modules` into `static_vendor`."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map": "tabler.min.css.map",
    "echarts/dist/echarts.esm.min.js": "echarts.esm.min.js",
    "echarts/i18n/langJA-obj.js": "echarts-ja.js",
}
OUTLINES = "@tabler/icons/icons/outline"
FOLDERS = ("templates", "accounts", "leads", "scoring", "handoff", "feedback", "reports", "integrations")

_IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")
_LITERAL = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", re.DOTALL)


class MissingVendorFiles(Exception):
    """Files or icons that `node_modules` lacks."""


@dataclass(frozen=True)
class Collected:
    """What was written: number of files, names of the icons in the sprite."""

    files: int
    icons: tuple[str, ...]


def icon_names(*, root: Path, available: set[str]) -> set[str]:
    """Icons named in templates, and names of icons among the strings of Python files that speak of icons.

    A template may name only what exists: an unknown one raises `MissingVendorFiles`.
    """
    named: set[str] = set()
    for path in _files(root, "*.html"):
        named |= {first or second for first, second in _IN_TEMPLATE.findall(path.read_text("utf-8"))}
    if unknown := named - available:
        raise MissingVendorFiles(f"no such icon: {', '.join(sorted(unknown))}")
    for path in _files(root, "*.py"):
        text = path.read_text("utf-8")
        if "icon" in text.lower():
            named |= set(_LITERAL.findall(text)) & available
    return named


def sprite(*, outlines: Path, names: Iterable[str]) -> str:
    """One SVG with a symbol per icon; the page draws it with `<use href="icons.svg#name">`."""
    symbols = []
    for name in sorted(names):
        shapes = _SHAPE.findall((outlines / f"{name}.svg").read_text("utf-8"))
        drawn = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def collect(*, node_modules: Path, root: Path, target: Path) -> Collected:
    """Copies the few files the pages use and builds the icon sprite.

    `root` is the project, whose templates and code name the icons; `target` becomes `static_vendor`
    and is served under `vendor/`. Raises `MissingVendorFiles`, naming what is not there.
    """
    missing = [source for source in (*FILES, OUTLINES) if not (node_modules / source).exists()]
    if missing:
        raise MissingVendorFiles(f"not in {node_modules}: {', '.join(missing)}")
    folder = target / "vendor"
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(node_modules / source, folder / name)
    outlines = node_modules / OUTLINES
    names = icon_names(root=root, available={path.stem for path in outlines.glob("*.svg")})
    (folder / "icons.svg").write_text(sprite(outlines=outlines, names=names), "utf-8")
    return Collected(files=len(FILES) + 1, icons=tuple(sorted(names)))


def _files(root: Path, pattern: str) -> Iterable[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob(pattern))
