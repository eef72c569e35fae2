"""What every test can use."""

from tests.append_only import logs_can_be_emptied

__all__ = ["logs_can_be_emptied"]

pytest_plugins = ["tests.fixtures_cast"]
