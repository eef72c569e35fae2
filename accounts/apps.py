from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Registers what this app does on other apps' events, and its places in the menu."""
        import_module("accounts.reactions")
        import_module("accounts.api.sentences")
        import_module("accounts.web.settings.panels")
