"""./run bench: ratios against yardsticks on a scratch PostgreSQL database, which stays for the next run."""

import os
import subprocess
import sys
import tempfile

from config.environment import ROOT, text
from config.start import frontend, scratch
from config.start.servers import postgresql, redis
from config.start.surroundings import Missing, call, plainly, say
from config.texts import compile_catalogues

NAME = "handoff_bench"


def run() -> int:
    """Exit code of the benches; raises Missing where there is no PostgreSQL."""
    own = text("HANDOFF_SERVICES") == "own"
    with (
        postgresql(own=own) as database,
        redis(own=own) as queue,
        tempfile.TemporaryDirectory(prefix="handoff-bench-") as var,
    ):
        if database is None:
            raise Missing(
                "PostgreSQL is missing. Install it or set DATABASE_URL to a server where databases may be made."
            )
        frontend.fetch()
        compile_catalogues(ROOT / "locale")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": scratch.database(database.url, NAME),
            "REDIS_URL": queue.url if queue else "",
            "VAR_DIR": var,
            "HANDOFF_SECRET_KEY": "a bench signs nothing that anyone else should believe",
            "HANDOFF_DEBUG": "0",
            "HANDOFF_BASE_URL": "",
            "HANDOFF_ALLOWED_HOSTS": "127.0.0.1,testserver",
            "HANDOFF_LOG_LEVEL": "ERROR",
        }
        say(f"On {database.words}, database {NAME} …")
        for words in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
            call([sys.executable, "manage.py", *words], env=environment)
        return subprocess.run([sys.executable, "-m", "bench", *sys.argv[1:]], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(plainly(run))
