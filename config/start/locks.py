"""./run locks: writes the lock files anew, without any address in them."""

import json
import sys

from config.environment import ROOT
from config.start.surroundings import SCRIPTS, call, plainly, say

COMPILE = [
    str(SCRIPTS / "uv"),
    *(
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ),
    *("--no-emit-index-url", "--no-emit-find-links"),
]


def write() -> None:
    """Python's three locks, the later ones bound to the first, then npm's."""
    say("Resolving the Python packages …")
    call([*COMPILE, "-o", "requirements.lock"])
    call([*COMPILE, "--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"])
    call([*COMPILE[:3], *COMPILE[4:], "--group", "node", "-o", "requirements-node.lock"])
    say("Resolving the front-end packages …")
    call(["npm", "install", "--package-lock-only", "--ignore-scripts"])
    _strip_addresses()


def _strip_addresses() -> None:
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(plainly(write))
