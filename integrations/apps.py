from importlib import import_module

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        """Registers what this app does on other apps' events, and its places in menu and settings."""
        import_module("integrations.reactions")
        import_module("integrations.web.menu")
        import_module("integrations.web.panels")
