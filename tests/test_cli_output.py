"""Where results go: to a disk that is full, a reader that went away, or a terminal that knows no Chinese."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.store import Store
from tests import storage_night

ADDRESS = "https://item.jd.com/42.html?名=é😀"
COMMANDS = [
    ["classify", ADDRESS],
    ["classify", ADDRESS, "--json"],
    ["classify", ADDRESS, "--explain"],
    ["policy", "show"],
    ["violations", "--db", "night.db"],
    ["violations", "--db", "night.db", "--json"],
    ["extract", "--help"],
    ["--version"],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("output")
    with Store.open(folder / "night.db", now_ms=1) as store:
        storage_night.play(store)
    return folder


def run(folder, arguments, **how):
    command = [sys.executable, "-c", "from crawler.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), **how.pop("env", {})}  # noqa: PTH109
    return subprocess.run(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, timeout=60, check=False, **how
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_output_for_which_there_is_no_room_is_told_in_a_line(folder, arguments):
    with Path("/dev/full").open("w") as full:
        done = run(folder, arguments, stdout=full)
    assert done.returncode == 12
    lines = [line for line in done.stderr.splitlines() if "was not judged" not in line]
    assert lines == [
        "cartwatch: output: no room on its disk (No space left on device); make some, or send it elsewhere"
    ]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_reader_that_went_away_is_no_matter(folder, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = run(folder, arguments, stdout=writing)
    os.close(writing)
    assert [line for line in done.stderr.splitlines() if "was not judged" not in line] == []


@pytest.mark.parametrize("arguments", [command for command in COMMANDS if "--help" not in command], ids=" ".join)
def test_a_terminal_without_chinese_gets_escapes(folder, arguments):
    done = run(folder, arguments, stdout=subprocess.PIPE, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stdout.isascii()


def test_json_is_json_in_any_charset(folder):
    told = [
        json.loads(run(folder, ["classify", ADDRESS, "--json"], stdout=subprocess.PIPE, env=env).stdout)
        for env in ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "utf-8"})
    ]
    assert told[0] == told[1]
    assert told[0]["url"] == ADDRESS
