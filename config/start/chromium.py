"""Where a Chromium is, for browser tests and the README's pictures."""

from config.environment import text
from config.start.surroundings import program

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# Root has no sandbox, containers have a small /dev/shm, and nothing may call home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
)


def path() -> str | None:
    """HANDOFF_CHROMIUM, else the first one on PATH, else None."""
    return text("HANDOFF_CHROMIUM") or program(*NAMES)
