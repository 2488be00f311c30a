"""The command line, `cartwatch`: every command gathered. Each is in a file of its own in `console/`."""

from __future__ import annotations

import click

from crawler import __version__
from crawler.console.demo import demo
from crawler.console.doctor import doctor
from crawler.console.group import Commands
from crawler.console.judgement import evaluate
from crawler.console.night import nightly
from crawler.console.policy import policy
from crawler.console.reading import classify, extract, inspect
from crawler.console.review import review
from crawler.console.run import crawl
from crawler.console.sample import sample
from crawler.console.violations import violations


@click.group(
    cls=Commands,
    commands=[classify, extract, inspect, crawl, nightly, evaluate, violations, review, policy, sample, demo, doctor],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="cartwatch")
def main() -> None:
    """Find outbound shop links in live commerce, follow them to their end, and judge them by a policy.

    \b
    First steps:
      cartwatch demo                           the whole job on a sample world
      cartwatch crawl https://live.kuaishou.com/u/ID
      cartwatch evaluate                       judge what was found
      cartwatch violations                     what breaks the policy, and why
    """  # noqa: D301 - click's mark for lines that stay as they are is the character
