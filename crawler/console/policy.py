"""`cartwatch policy`: check, tell or draw a policy file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import click
from rich.text import Text

from crawler import screen
from crawler.console.options import JSON, SHIPPED_POLICY
from crawler.errors import PolicyError, UsageError
from crawler.evaluate import applied_rules, load_rules
from crawler.reading.policy import Policy, check_policy, sentences, timeline_rows, timeline_svg, timeline_text
from crawler.vocabulary import load_sound_policy, vocabulary


@click.group(short_help="Check, tell or draw a policy file.")
def policy() -> None:
    """Check a policy file, tell it in sentences, or draw its windows."""


_POLICY_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=None, required=False)


@policy.command()
@_POLICY_FILE
@JSON
def check(file: Path | None, as_json: bool) -> None:
    """Check a policy file. Every fault is named with its line, its key and the cure. Without FILE: the shipped one."""
    path = file or SHIPPED_POLICY
    problems = check_policy(path, vocabulary())
    if as_json:
        screen.print_json([{"file": str(path), "in_order": not problems, "faults": problems}])
    for problem in () if as_json else problems:
        screen.note().print(Text(problem, style="red"), soft_wrap=True)
    if problems:
        many = "1 fault; correct it" if len(problems) == 1 else f"{len(problems)} faults; correct them"
        raise PolicyError(f"{path.name}: {many}")
    if not as_json:
        screen.console().print(f"{path.name}: in order")


@policy.command()
@_POLICY_FILE
@JSON
def show(file: Path | None, as_json: bool) -> None:
    """Tell a policy as one sentence per rule, with its clauses. Without FILE: the shipped one."""
    wanted = load_sound_policy(file or SHIPPED_POLICY)
    applied = {rule.name for rule in applied_rules(wanted, load_rules())}
    told = [*sentences(wanted, applied), *_unsaid(wanted, applied)]
    if as_json:
        known = {"name": wanted.name, "version": wanted.version, "digest": wanted.digest}
        screen.print_json([known | {"sentences": told}])
        return
    for sentence in told:
        screen.console().print(Text(f"• {sentence}"))


def _unsaid(wanted: Policy, applied: Collection[str]) -> Iterator[str]:
    """What becomes of the rules that a policy does not mention: most are applied all the same."""
    silent = [name for name in load_rules() if name not in wanted.terms.rules]
    for names, what in (
        ([name for name in silent if name in applied], "applied as they are"),
        ([name for name in silent if name not in applied], "not applied, since a policy must ask for them"),
    ):
        if names:
            yield f"Not mentioned and {what}: {', '.join(names)}."


@policy.command(short_help="Draw when each kind of shop may be linked.")
@_POLICY_FILE
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to this file.")
@JSON
def timeline(file: Path | None, svg: Path | None, as_json: bool) -> None:
    """Draw when each kind of shop may be linked, here or as an SVG picture. Without FILE: by the shipped policy.

    As JSON: what holds from when to when.
    """
    wanted = load_sound_policy(file or SHIPPED_POLICY)
    if as_json:
        screen.print_json(timeline_rows(wanted))
    elif svg is None:
        screen.console().print(Text(timeline_text(wanted)), soft_wrap=True)
    if svg is None:
        return
    try:
        svg.write_text(timeline_svg(wanted), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{svg}: cannot be written ({error.strerror}); name a file in a folder of yours") from error
    if not as_json:
        screen.console().print(f"wrote {svg}")
