"""Databases that may be thrown away, on a server of PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


def database(url: str, name: str) -> str:
    """The address of the database of this name on the server of `url`, made if it isn't there."""
    with _server(url) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return _named(url, name)


def anew(url: str, name: str, template: str = "template1") -> str:
    """The same as `template` is, whatever was in it."""
    drop(url, name)
    with _server(url) as connection:
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
    return _named(url, name)


def drop(url: str, name: str) -> None:
    """No database of this name is left."""
    with _server(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection[Any]]:
    parts = urlsplit(_named(url, "postgres"))
    with psycopg.connect(urlunsplit(("postgresql", *parts[1:])), autocommit=True) as connection:
        yield connection


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((*parts[:2], f"/{name}", *parts[3:]))
