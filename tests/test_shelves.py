"""Every shelf loads, each plug-in has its datum and each datum its plug-in; a broken plug-in stops the start."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from crawler import shapes, shelf
from crawler.errors import ShelfError

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
# The table on the first page of shapes.py is what the project says of its shelves; the tests take it at its word.
TABLE = dict(re.findall(r"^\| (\w+) +\| ([A-Z]+) ", shapes.__doc__ or "", re.MULTILINE))


def package_of(name: str) -> str:
    return name if name == "spiders" else f"crawler.{name}"


def plugins(name: str) -> dict[str, object]:
    return shelf.load(package_of(name), TABLE[name], getattr(shapes, TABLE[name].title()))


def data_of(name: str) -> set[str]:
    return {path.name.partition(".")[0] for path in (DATA / name).glob("[!._]*")}


def test_the_table_of_shelves_is_there():
    assert set(TABLE) >= {"spiders", "extractors", "platforms", "rules"}


@pytest.mark.parametrize("name", TABLE)
def test_every_plugin_of_a_shelf_holds_its_constant(name):
    assert plugins(name)


@pytest.mark.parametrize("name", TABLE)
def test_every_plugin_has_its_datum(name):
    assert sorted(set(plugins(name)) - data_of(name)) == []


@pytest.mark.parametrize("name", TABLE)
def test_every_datum_has_its_plugin(name):
    assert sorted(data_of(name) - set(plugins(name))) == []


@pytest.mark.parametrize("name", TABLE)
def test_a_plugin_says_in_one_line_what_it_is_for(name):
    folder = importlib.import_module(package_of(name))
    for stem, plugin in plugins(name).items():
        assert plugin.summary.strip(), f"{name}/{stem}.py: summary is empty"
        assert "\n" not in plugin.summary
        assert sys.modules[f"{folder.__name__}.{stem}"].__doc__


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("from crawler.shapes import Rule\nRULE = Rule(summary='x', judge=lambda case, policy: None)\n", True),
        ("RULE = 'not a rule'\n", False),
        ("", False),
    ],
    ids=["whole", "of another shape", "without its constant"],
)
def test_a_plugin_that_is_not_what_its_shelf_holds_stops_the_start(tmp_path, monkeypatch, text, is_whole):
    folder = tmp_path / f"shelf_of_{tmp_path.name.replace('-', '_')}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "_private.py").write_text("raise AssertionError('a private file is no plug-in')\n")
    (folder / "probe.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    if is_whole:
        assert list(shelf.load(folder.name, "RULE", shapes.Rule)) == ["probe"]
    else:
        with pytest.raises(ShelfError, match=r"probe\.py: must define RULE = Rule\(\.\.\.\)"):
            shelf.load(folder.name, "RULE", shapes.Rule)
