from importlib import import_module

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        """Registers what this app does on other apps' events, and its places in the menu."""
        import_module("leads.reactions")
        import_module("leads.services.tags")
        import_module("leads.web.settings_panels")
        import_module("leads.web.menu")
