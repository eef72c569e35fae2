"""One fault on the empty database of DATABASE_URL, or of VAR_DIR: `./run chaos` prepares it for each engine."""

import argparse
import sys

import django

django.setup()

from django.db import connection  # noqa: E402 (it needs Django)

from chaos import FAULTS, accepts, alerts  # noqa: E402


def main() -> int:
    """Prints the row; 1 where it did not hold."""
    parser = argparse.ArgumentParser(prog="./run chaos", description="What must hold when things break.")
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--handoffs", type=int, default=1000, help="handoffs that 32 people accept at once (1,000)")
    parser.add_argument("--alerts", type=int, default=400, help="alerts that fall due (400)")
    parser.add_argument("--kills", type=int, default=25, help="how often a sweeper is killed (25)")
    options = parser.parse_args()
    told = accepts.run(options.handoffs) if options.fault == "accepts" else alerts.run(options.alerts, options.kills)
    print(told.row("PostgreSQL" if connection.vendor == "postgresql" else "SQLite"), flush=True)
    return 0 if told.held else 1


if __name__ == "__main__":
    sys.exit(main())
