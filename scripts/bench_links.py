"""How fast addresses are classified on one core: addresses a second, median of several runs.

    python scripts/bench_links.py                     the addresses of the platforms' own test data
    python scripts/bench_links.py FILE.jsonl          any file with an address in "url" of each line

Each run classifies every address anew; nothing about a whole address is remembered from one call to the next.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from crawler.classify import classify_url

OWN = Path(__file__).parent.parent / "tests/data/platforms"
FLOOR = 20_000
"""Addresses a second that one core must manage."""
AT_LEAST = 10_000
"""Addresses of one run: a smaller file is read several times over."""


def read(files: Sequence[Path]) -> list[str]:
    """Every address of these files, over and over until there are enough for one run."""
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    urls = [str(json.loads(line)["url"]) for line in lines]
    return urls * (-(-AT_LEAST // len(urls)))


def rate(urls: Sequence[str]) -> float:
    """Addresses classified in a second of this process's CPU time."""
    began = time.process_time()
    for url in urls:
        classify_url(url)
    return len(urls) / (time.process_time() - began)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the median rate; 0 where it is fast enough, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args(argv)
    urls = read(arguments.files or sorted(OWN.glob("*.jsonl")))
    rate(urls)
    rates = sorted(rate(urls) for _ in range(arguments.runs))
    median = statistics.median(rates)
    print(f"classify  {median:9,.0f} addresses/s  (runs {rates[0]:,.0f} to {rates[-1]:,.0f}, {len(urls):,} addresses)")
    return 0 if median >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
