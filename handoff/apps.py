from importlib import import_module

from django.apps import AppConfig


class HandoffConfig(AppConfig):
    name = "handoff"

    def ready(self) -> None:
        """Registers what this app does on other apps' events, and its places in the menu."""
        import_module("handoff.reactions")
        import_module("handoff.web.bulk")
        import_module("handoff.web.menu")
        import_module("handoff.web.settings.panels")
        import_module("handoff.web.settings.phase")
