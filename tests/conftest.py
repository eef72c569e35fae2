"""What every test can use, and which tests a run takes."""

from tests.append_only import logs_can_be_emptied

__all__ = ["logs_can_be_emptied"]

pytest_plugins = ["tests.fixtures_cast", "tests.chrome", "tests.machine", "tests.selection"]
