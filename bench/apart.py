"""Databases of their own for what would be in the way of other benches, and children that work there: a process has one
database.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from config.environment import ROOT
from config.start import scratch

Environment = dict[str, str]


@contextmanager
def copy(name: str) -> Iterator[Environment]:
    """The environment of a copy of this process's database as it is now, which is gone at the end."""
    connection.close()
    connection.close_pool()  # a template has no readers
    with _database(name, template=connection.settings_dict["NAME"]) as environment:
        yield environment


@contextmanager
def new(name: str) -> Iterator[Environment]:
    """The environment of an empty database with all tables, which is gone at the end."""
    with _database(name) as environment:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env={**os.environ, **environment}, check=True
        )
        yield environment


@contextmanager
def _database(name: str, template: str = "template1") -> Iterator[Environment]:
    here = os.environ["DATABASE_URL"]
    try:
        yield {"DATABASE_URL": scratch.anew(here, name, template=template)}
    finally:
        scratch.drop(here, name)


def told(module: str, *words: object, environment: Environment) -> list[Any]:
    """What a child there prints, a JSON value a line; one that fails ends the bench."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, text=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
