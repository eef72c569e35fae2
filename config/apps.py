from django.apps import AppConfig
from django.core.checks import register

from config.checks import front_end_files


class ConfigConfig(AppConfig):
    """Gives the installation's own commands (texts, watchdog, copies) a place; holds no models."""

    name = "config"

    def ready(self) -> None:
        register(front_end_files)
