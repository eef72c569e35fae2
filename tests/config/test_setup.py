"""What ./run setup does again, and what it leaves alone."""

from pathlib import Path
from typing import Any

import pytest

from config.start import setup

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_static_files_are_collected_again_when_other_names_are_served(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    called: list[str] = []
    monkeypatch.setattr(setup, "call_command", lambda name, **more: called.append(name))
    for backend in (PLAIN, PLAIN, HASHED, HASHED):
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
        setup.collect_static()
    assert called == ["collectstatic", "collectstatic"]
