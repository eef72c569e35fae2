"""Decides what each environment variable means: one typed reader, which names the variable and the fix."""

import hashlib
import os
import tempfile
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SOCKET = 100
INSECURE_KEY = "insecure-key-for-development-only-never-serve-with-it"

env = environ.Env()
environ.Env.read_env(ROOT / ".env")


def flag(name: str, *, default: bool) -> bool:
    """True or False from `name`; raises ImproperlyConfigured naming the accepted spellings."""
    raw = text(name, str(int(default))).lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is not understood. Set it to 1 or 0.")


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; an empty one counts as not set."""
    return env.str(name, default="").strip() or default


def choice(name: str, *, of: list[str], default: str) -> str:
    """One of the values that `name` may have; raises ImproperlyConfigured naming them."""
    value = text(name, default)
    if value not in of:
        raise ImproperlyConfigured(f"{name}={value!r} is not understood. Set it to one of: {', '.join(of)}.")
    return value


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list without blanks."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    """A whole number; raises ImproperlyConfigured when it is something else."""
    raw = text(name, str(default))
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number, such as {default}.") from error


def var_dir() -> Path:
    """Where everything lives that this installation writes (made if missing)."""
    path = Path(text("VAR_DIR", str(ROOT / "var"))).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def database(var: Path) -> dict:
    """Django's database settings from DATABASE_URL; without it, SQLite in the state folder.

    SQLite runs in WAL mode with IMMEDIATE transactions, so that writers queue instead of failing.
    PostgreSQL uses Django's connection pool.
    """
    url = text("DATABASE_URL") or f"sqlite:///{var / 'handoff.sqlite3'}"
    config = environ.Env.db_url_config(url)
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
        }
        return config
    if config["ENGINE"].endswith("postgresql"):
        config.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": number("DATABASE_POOL", 8)}
        config["TEST"] = {"NAME": f"test_{config['NAME']}"}
        return config
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")


def broker_socket(var: Path) -> Path:
    """Where the embedded broker listens; too long a path for a socket is replaced by one among temporary files."""
    socket = var / "broker.sock"
    if len(os.fsencode(socket)) < LONGEST_SOCKET:
        return socket
    mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"handoff-{mark}.sock"


def secret_key(var: Path, *, debug: bool) -> str:
    """HANDOFF_SECRET_KEY, else the one that the first start left in the state folder; no default but for debugging."""
    key = text("HANDOFF_SECRET_KEY")
    if key and key != INSECURE_KEY:
        return key
    kept = var / "secret_key"
    if kept.is_file() and (key := kept.read_text().strip()):
        return key
    if debug:
        return INSECURE_KEY
    raise ImproperlyConfigured(
        "HANDOFF_SECRET_KEY is missing. Run ./run setup, which makes one, or set it to a long random text, "
        "for instance from: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )
