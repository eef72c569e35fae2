"""./run chaos: what must hold when things break, on a scratch SQLite file and a scratch PostgreSQL database."""

import os
import subprocess
import sys
import tempfile

from chaos import FAULTS
from config.environment import ROOT, text
from config.start import frontend, scratch
from config.start.servers import postgresql, redis
from config.start.surroundings import call, plainly, say
from config.texts import compile_catalogues

NAME = "handoff_chaos"


def run() -> int:
    """1 where something did not hold; where there is no PostgreSQL it says so and takes SQLite alone."""
    names = [word for word in sys.argv[1:] if word in FAULTS] or FAULTS
    options = [word for word in sys.argv[1:] if word not in FAULTS]
    own = text("HANDOFF_SERVICES") == "own"
    frontend.fetch()
    compile_catalogues(ROOT / "locale")
    with postgresql(own=own) as database, redis(own=own) as queue:
        if database is None:
            say("PostgreSQL is missing: SQLite alone.")
        codes = [
            _on(scratch.anew(server.url, NAME) if server else "", queue.url if queue else "", [name, *options])
            for server in ([None, database] if database else [None])
            for name in names
        ]
    return max(codes)


def _on(url: str, queue: str, words: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="handoff-chaos-") as var:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": url,
            "REDIS_URL": queue,
            "VAR_DIR": var,
            "HANDOFF_SECRET_KEY": "chaos signs nothing that anyone else should believe",
            "HANDOFF_DEBUG": "0",
            "HANDOFF_BASE_URL": "",
            "HANDOFF_ALLOWED_HOSTS": "127.0.0.1,testserver",
            "HANDOFF_LOG_LEVEL": "CRITICAL",
        }
        for step in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
            call([sys.executable, "manage.py", *step], env=environment)
        return subprocess.run([sys.executable, "-m", "chaos", *words], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(plainly(run))
