"""The web process: threads behind one socket, sized by the environment; says where it is once it answers."""

import sys
from typing import Any

from config.environment import number, text

bind = f"{text('HANDOFF_HOST', '127.0.0.1')}:{number('PORT', 8000)}"
worker_class = "gthread"
workers = number("WEB_PROCESSES", 2)
# More threads take a core from each other: of thirty-two who answer at once the last waits a fifth longer with eight.
threads = number("WEB_THREADS", 4)
timeout = 60
graceful_timeout = 20
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = True
control_socket_disable = True
loglevel = "warning"
proc_name = "handoff-web"
forwarded_allow_ips = text("HANDOFF_PROXIES", "127.0.0.1")


def when_ready(_server: Any) -> None:
    """Prints the addresses that people may open."""
    here = f"http://127.0.0.1:{number('PORT', 8000)}"
    open_at = dict.fromkeys([here, text("HANDOFF_BASE_URL", here)])
    sys.stdout.write(f"\nHandoff is ready: {'  and  '.join(open_at)}   (Ctrl-C ends it)\n\n")
    sys.stdout.flush()


# The list of leads carries its condition in its address.
limit_request_line = 8190
