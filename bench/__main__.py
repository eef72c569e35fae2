"""The benches by name, on the scratch database of DATABASE_URL, which is filled: `./run bench` prepares one."""

import argparse

import django

django.setup()

from bench import (  # noqa: E402 (they need Django)
    arrival,
    backtest,
    duplicates,
    fresh,
    import_rows,
    leads,
    on_sqlite,
    promises,
    scoring,
)

BENCHES = {
    "leads": lambda options: leads.run(options.leads),
    "scoring": lambda options: scoring.run(options.leads),
    "fresh": lambda options: fresh.run(options.leads),
    "sqlite": lambda options: on_sqlite.run(min(options.leads, 100_000)),
    "duplicates": lambda options: duplicates.run(options.leads),
    "backtest": lambda options: backtest.run(options.handoffs),
    "promises": lambda options: promises.run(options.leads),
    "arrival": lambda options: arrival.run(),
    "import": lambda options: import_rows.run(options.leads, options.rows),
}


def main() -> None:
    """Prints a line as soon as its figure is known."""
    parser = argparse.ArgumentParser(prog="./run bench", description="Ratios against yardsticks, in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; without one: all")
    parser.add_argument("--leads", type=int, default=1_000_000, help="leads that are there before (1,000,000)")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the imported file (100,000)")
    parser.add_argument("--handoffs", type=int, default=50_000, help="past handoffs a draft is tried on (50,000)")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    print(f"{'':<40}{'product':>13}{'yardstick':>13}{'ratio':>9}   limit", flush=True)
    for name in options.names or BENCHES:
        for line in BENCHES[name](options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
