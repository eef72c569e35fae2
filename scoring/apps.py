from importlib import import_module

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self) -> None:
        """Registers what this app does on other apps' events, and its places in the menu."""
        import_module("scoring.reactions")
        import_module("scoring.web.panels")
