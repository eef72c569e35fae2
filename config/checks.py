"""What an installation may lack, each with the command that helps."""

from typing import Any

from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Warning

NEEDED = ("vendor/tabler.min.css", "vendor/icons.svg")


def front_end_files(**_kwargs: Any) -> list[CheckMessage]:
    """Warns when the front-end files were not fetched; pages work without them, unstyled."""
    missing = [name for name in NEEDED if finders.find(name) is None]
    if not missing:
        return []
    return [Warning(f"Front-end files are missing: {', '.join(missing)}.", hint="Run ./run setup.", id="config.W001")]
