"""Settings of the yardsticks: Django with the product's database and nothing around a view."""

from config.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare_views"
# Signing in insists on a middleware of its own.
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("allauth")]  # noqa: F405
