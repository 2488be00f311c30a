"""The project keeps its own rules: who imports whom, what the README owes its readers, what the locks hold."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import click
import grimp
import pytest

from crawler import errors, shelf
from crawler.cli import main
from crawler.shapes import Rule
from storage.store import Store

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")}
SHELVES = ("crawler.extractors", "crawler.platforms", "crawler.rules", "crawler.exporters")


# --- who imports whom ----------------------------------------------------------------------------------------------


def test_every_import_contract_is_kept():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def foreign(imports: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Imports of one plug-in by another. ``_jd_page`` is a private part of ``jd``."""
    return [
        (importer, imported)
        for importer, imported in imports
        if importer.rpartition(".")[0] == imported.rpartition(".")[0]
        and stem(importer) != stem(imported)
        and not (imported.rpartition(".")[2].startswith(f"_{stem(importer)}_"))
    ]


def stem(module: str) -> str:
    return module.rpartition(".")[2]


def test_a_plugin_imports_no_other_plugin_but_its_own_private_parts():
    graph = grimp.build_graph("crawler", cache_dir=None)
    plugins = [module for module in graph.modules if module.rpartition(".")[0] in SHELVES]
    imports = [(one, other) for one in plugins for other in graph.find_modules_directly_imported_by(one)]
    assert plugins
    assert foreign(imports) == []


def test_the_check_on_plugins_sees_an_import_of_another():
    shelf_of = "crawler.platforms"
    own, other = (f"{shelf_of}.jd", f"{shelf_of}._jd_page"), (f"{shelf_of}.jd", f"{shelf_of}._taobao_page")
    assert foreign([own, other, (f"{shelf_of}.jd", f"{shelf_of}.taobao"), ("crawler.rules.x", f"{shelf_of}.jd")]) == [
        other,
        (f"{shelf_of}.jd", f"{shelf_of}.taobao"),
    ]


# --- what the README owes ------------------------------------------------------------------------------------------


def missing(words: Iterable[str]) -> list[str]:
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", README)]


def commands(group: click.Group, prefix: str = "cartwatch") -> list[str]:
    names = []
    for name, command in group.commands.items():
        names.append(f"{prefix} {name}")
        if isinstance(command, click.Group):
            names += [f"{name} {inner}" for inner in command.commands]
    return names


def test_the_readme_names_every_command():
    lost = [name for name in commands(main) if missing([name]) and missing([f"`{name.split()[-1]}`"])]
    assert lost == []


def test_the_readme_names_no_command_that_is_not_there():
    named = set(re.findall(r"^\| `cartwatch (\w+)", README, re.MULTILINE))
    assert sorted(named - set(main.commands)) == []


def test_the_readme_names_every_rule_and_no_other():
    section = README.partition("## Rules")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == list(shelf.load("crawler.rules", "RULE", Rule))


def test_the_readme_names_every_table(tmp_path):
    with Store.open(tmp_path / "empty.db", now_ms=0):
        pass
    connection = sqlite3.connect(tmp_path / "empty.db")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    tables = [name for name in names if not name.startswith(("_", "sqlite_"))]
    assert len(tables) > 10
    assert missing(tables) == []


def test_the_readme_names_every_exit_code():
    codes = {one.exit_code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert codes
    assert missing(map(str, codes)) == []


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").iterdir() if "." not in path.name))
def test_every_script_says_first_what_it_is_for_and_can_be_run(script):
    path = ROOT / "scripts" / script
    lines = path.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("# ") for line in lines[:2])
    assert script == "setup" or path.stat().st_mode & 0o111


# --- what the locks hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_with_hashes_and_holds_no_address(name):
    entries = re.split(r"\n(?=[a-z0-9])", LOCKS[name].strip())
    assert all(re.match(r"[a-z0-9.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|file:|--(?:extra-)?index-url|--find-links", LOCKS[name])


def test_the_locks_hold_everything_that_the_project_asks_for():
    def names(requirements: list[str]) -> set[str]:
        return {re.match(r"[\w.-]+", one)[0].lower() for one in requirements}

    pinned = {name: set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE)) for name, text in LOCKS.items()}
    groups = PROJECT["dependency-groups"]
    assert names(PROJECT["project"]["dependencies"]) <= pinned["requirements.lock"] <= pinned["requirements-dev.lock"]
    assert names(groups["dev"] + groups["bench"]) <= pinned["requirements-dev.lock"]
