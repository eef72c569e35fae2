"""./run: sets up, then keeps broker, worker, beat, watchdog and web running until Ctrl-C."""

import argparse
import fcntl
import os
import socket
import sys
from pathlib import Path

from config.environment import items, number, text
from config.start import setup, supervisor_file
from config.start.surroundings import Missing, begin, plainly

EVERY_ADDRESS = "0.0.0.0"


def serve() -> None:
    """Never returns when all is well: the process becomes the supervisor."""
    words = _words()
    var = begin()
    port = number("PORT", 8000)
    _address(port, lan=words.lan)
    lock = only_one(var)
    _free(os.environ["HANDOFF_HOST"], port)
    setup.run()
    file = supervisor_file.write(var)
    keeper = Path(__file__).with_name("keeper.py")
    os.execv(sys.executable, [sys.executable, str(keeper), str(lock), str(file)])


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run")
    parser.add_argument("--lan", action="store_true", help="serve other devices of this network too")
    return parser.parse_args()


def _address(port: int, *, lan: bool) -> None:
    """Decides where the web process listens and which names it answers to; told to it by the environment."""
    os.environ["PORT"] = str(port)
    os.environ["HANDOFF_HOST"] = text("HANDOFF_HOST", EVERY_ADDRESS if lan else "127.0.0.1")
    if not lan:
        return
    here = lan_address()
    hosts = items("HANDOFF_ALLOWED_HOSTS", "127.0.0.1,localhost")
    os.environ["HANDOFF_ALLOWED_HOSTS"] = ",".join(dict.fromkeys([*hosts, here]))
    os.environ["HANDOFF_BASE_URL"] = text("HANDOFF_BASE_URL", f"http://{here}:{port}")


def lan_address() -> str:
    """This machine's address in its network; asks the routing table and sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise Missing("--lan: this machine has no network address. Connect it to a network first.") from error
        return str(probe.getsockname()[0])


def only_one(var: Path) -> int:
    """Takes the state folder's lock, which the supervisor keeps until it ends; returns its handle."""
    lock = os.open(var / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Missing("Handoff runs already with this state folder. Stop it first, or set VAR_DIR.") from error
    os.set_inheritable(lock, True)
    return lock


def _free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Missing(f"port {port} is taken ({error.strerror}). Choose another: PORT={port + 1} ./run") from error


if __name__ == "__main__":
    sys.exit(plainly(serve))
