"""`python -m tests.bench [NAME…]`: how fast, as ratios against a named rival measured in the same run."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from tests.bench import backlog, check_speed, page_speed, workers
from tests.bench.measure import Row

BENCHMARKS = {"check": check_speed.run, "backlog": backlog.run, "pages": page_speed.run, "workers": workers.run}


def main() -> None:
    """Run the benchmarks that are named, or all, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    chosen = parser.parse_args().names or list(BENCHMARKS)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Benchmark", "Ours", "Rival", "Rival's time", "Ratio", "Aim"):
        table.add_column(heading)
    for name in chosen:
        for row in BENCHMARKS[name]():
            table.add_row(*row_text(row))
    Console().print(table)


def row_text(row: Row) -> tuple[str, ...]:
    """One measurement in words."""
    return row.name, f"{row.ours:.3f} s", row.rival, f"{row.theirs:.3f} s", f"{row.ratio:.2f} ×", row.aim


if __name__ == "__main__":
    main()
