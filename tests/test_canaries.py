"""Canaries: how they are written down, and that a night is void as soon as any one of them is not what it should be."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.canaries import STORES, TEMPLATE, CanaryConfig, around, ask, check_canaries, read_canaries
from crawler.cli import main
from crawler.errors import ConfigError
from crawler.health import night_status
from crawler.nightly import load_config
from crawler.pipelines import surface_counts
from crawler.policies import shipped
from crawler.reading.policy import load_policy
from crawler.sample.canaries import CANARIES, SampleCanary, as_toml, night_as_toml
from crawler.sample.drafts import PageSpec
from crawler.sample.world import SampleWorld, serve_in_thread
from storage.records import CANARY_SITE, Target
from storage.store import Store

CARTWATCH = (sys.executable, "-c", "from crawler.cli import main; main()")
EXPECTED = SampleWorld().canaries
TARGET = PageSpec(surface="live_room", page_id="one-room", cart="xhr", plants="item personal direct -")


# --- the file ------------------------------------------------------------------------------------------------------


def test_the_sample_list_has_a_bad_and_a_clean_page_of_each_surface_and_every_store_type():
    kinds = {(spec.surface, bool(canary.rules)) for spec, canary in zip(CANARIES, EXPECTED, strict=True)}
    surfaces = ("live_room", "short_video", "merchant", "product")
    assert kinds == {(surface, is_bad) for surface in surfaces for is_bad in (True, False)}
    for canary in EXPECTED:
        assert set(canary.stores) == (STORES if canary.rules else set())
        assert canary.links == (7 if canary.rules else 0)


def test_the_sample_list_is_read_as_it_was_meant(tmp_path):
    path = tmp_path / "canaries.toml"
    path.write_text(as_toml(EXPECTED), encoding="utf-8")
    canaries = read_canaries(path)
    check_canaries(canaries)
    told = [(one.url, tuple(one.rules), tuple(one.stores), one.links) for one in canaries]
    assert told == [(one.url, one.rules, one.stores, one.links) for one in EXPECTED]
    assert {one.verdict for one in canaries if one.rules} == {"violation"}
    assert {one.verdict for one in canaries if not one.rules} == {"allowed"}


def test_the_template_shows_every_key_and_is_sound_but_for_its_addresses():
    canaries = read_canaries(TEMPLATE)
    check_canaries(canaries)
    assert {key for one in canaries for key in one.model_fields_set} == set(CanaryConfig.model_fields)
    text = TEMPLATE.read_text(encoding="utf-8")
    assert [name for name in sorted(STORES) if not re.search(rf"\b{name}\b", text)] == []
    assert CliRunner().invoke(main, ["nightly", "--canary-template"]).output == text


FAULTY = """
[[canaries]]|links = 1|url = "https://example.com/" -> 3: canaries #1, url: 'https://example.com/' is no page that a
[[canaries]]|url = "x"|ruls = [] -> 3: canaries #1, ruls: is not a key here; did you mean 'rules'?
[[canaries]]|rules = [] -> 1: canaries #1, url: is missing; add `url = ...`
[[canaries]]|url = "x"|[[canaries]]|url = "y"|stores = ["tmal"] -> 5: canaries #2, stores #1: 'tmal' is not known here
[[canaries]]|url = "x"|links = -1 -> 3: canaries #1, links: must be 0 or more, not -1
canaries = [] -> 1: canaries: is empty; name at least one
|canary = [] -> 2: canary: is not a key here; did you mean 'canaries'?
#|[[canaries] -> 2: [[canaries]: not TOML
[[canaries]]|url = "x"|rules = ["label_mismach"] -> 3: canaries #1, rules: there is no rule 'label_mismach'; did
[[canaries]]|url = "x"|verdict = "violation" -> 3: canaries #1, verdict: the page breaks no rule, so it is no violation
"""


@pytest.mark.parametrize("row", FAULTY.strip().splitlines())
def test_a_faulty_canary_file_is_named_with_its_line_and_key(tmp_path, row):
    text, said = row.split(" -> ")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("|", "\n"), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(f"{path}:{said}")):
        read_canaries(path)


def test_every_fault_of_a_night_is_named_at_once_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "cartwatch.toml"
    path.write_text(
        'target = ["rooms.csv"]\npages = 0\n\n[[canaries]]\nurl = "https://live.kuaishou.com/u/a"\n'
        'verdict = "violation"\n\n[[canaries]]\nurl = "y"\nrule = []\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert [line.removeprefix(f"{path}:").split(";")[0] for line in str(caught.value).splitlines()] == [
        "1: target: is not a key here",
        "1: targets: is missing",
        "2: pages: must be 1 or more, not 0",
        "6: canaries #1, verdict: the page breaks no rule, so it is no violation",
        "10: canaries #2, rule: is not a key here",
    ]


@pytest.mark.parametrize("delay", ["nan", "inf", "-1", "3601"])
def test_a_delay_without_end_is_refused(tmp_path, delay):
    path = tmp_path / "cartwatch.toml"
    path.write_text(f'targets = ["rooms.csv"]\ndelay_s = {delay}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"cartwatch\.toml:2: delay_s: must be .* or (more|less), not "):
        load_config(path)
    refused = CliRunner().invoke(main, ["crawl", "https://live.kuaishou.com/u/a", "--delay", delay])
    assert (refused.exit_code, "'--delay'" in refused.stderr) == (2, True)


def test_a_configuration_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "cartwatch.toml"
    path.write_bytes(b'db = "\xff"')
    with pytest.raises(ConfigError, match="byte 6 is not UTF-8; save the file as UTF-8"):
        load_config(path)


def test_a_mark_that_an_editor_wrote_at_the_start_is_none_of_the_configuration(tmp_path):
    path = tmp_path / "cartwatch.toml"
    path.write_bytes('targets = ["rooms.csv"]'.encode("utf-8-sig"))
    assert load_config(path).targets == [tmp_path / "rooms.csv"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            {"rules": ["personal_shop_link"]},
            "there is no rule 'personal_shop_link'; did you mean 'personal_store_link'",
        ),
        ({"rules": ["label_mismatch"], "verdict": "allowed"}, 'the page breaks rules, so its verdict is "violation"'),
        ({"verdict": "violation"}, "the page breaks no rule, so it is no violation"),
    ],
)
def test_a_canary_that_could_never_be_so_is_refused(written, said):
    sound = {"url": "https://live.kuaishou.com/u/a"}
    check_canaries([CanaryConfig(**sound)])
    with pytest.raises(ConfigError, match=re.escape(said)):
        check_canaries([CanaryConfig(**sound, **written)])


def test_a_night_asks_the_canaries_of_its_files_beside_its_own(tmp_path):
    (tmp_path / "more.toml").write_text('[[canaries]]\nurl = "https://live.kuaishou.com/u/b"\n', encoding="utf-8")
    path = tmp_path / "cartwatch.toml"
    inline = '[[canaries]]\nurl = "https://live.kuaishou.com/u/a"\n'
    path.write_text(f'targets = ["x.txt"]\ncanary_files = ["more.toml"]\n{inline}', encoding="utf-8")
    assert [one.url[-1] for one in load_config(path).canaries] == ["a", "b"]


def test_canaries_stand_before_and_after_all_others_on_a_site_of_their_own():
    room = Target("https://live.kuaishou.com/u/room", "live_room")
    planned = around([CanaryConfig(url="https://live.kuaishou.com/u/bird")], [room])
    assert [target.url for target in planned] == [
        "https://live.kuaishou.com/u/bird#canary-first",
        room.url,
        "https://live.kuaishou.com/u/bird#canary-last",
    ]
    assert [target.site for target in planned] == [CANARY_SITE, "kuaishou", CANARY_SITE]


# --- nights --------------------------------------------------------------------------------------------------------


def night(folder: Path, *, asked, canaries=CANARIES):
    """A night on one room of the sample world and these canaries, with the world's canary pages as given."""
    (folder / "canaries.toml").write_text(as_toml(asked), encoding="utf-8")
    with serve_in_thread((TARGET,), canaries=canaries) as world:
        (folder / "targets.txt").write_text("\n".join(world.targets), encoding="utf-8")
        (folder / "cartwatch.toml").write_text(night_as_toml(world.proxy_url), encoding="utf-8")
        command = [*CARTWATCH, "nightly", "--config", str(folder / "cartwatch.toml"), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def walled(spec: PageSpec) -> PageSpec:
    return replace(spec, cart="walled", plants="")


def with_another_shop(spec: PageSpec) -> PageSpec:
    return replace(spec, plants=spec.plants.replace("tmall_global direct", "tmall direct"))


def without_a_link(spec: PageSpec) -> PageSpec:
    return replace(spec, plants=spec.plants.replace("item enterprise direct -\n", ""))


def with_a_bad_link(spec: PageSpec) -> PageSpec:
    return spec if spec.plants else replace(spec, cart="xhr", plants="item personal direct -")


BREAKS = [
    (walled, "was not seen whole", "all"),
    (with_another_shop, "should lead to tmall_global", "bad"),
    (without_a_link, "should lead to taobao_enterprise and should show 7 links, not 6", "bad"),
    (with_a_bad_link, "should not show personal_store_link and should not lead to taobao_personal and should", "clean"),
]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("change", "said", "which"), BREAKS, ids=[change.__name__ for change, *_ in BREAKS])
def test_each_canary_that_is_broken_voids_the_night_alone(tmp_path, change, said, which):
    changed = [change(spec) for spec in CANARIES]
    code, told = night(tmp_path, asked=EXPECTED, canaries=tuple(changed))
    assert (code, told["status"]) == (4, "void")
    policy = load_policy(shipped()[0])
    with Store.read(tmp_path / "night.db") as store:
        assert store.violations.rows(everything=True) == []
        counts = surface_counts(store, told["run_id"])
        for canary, before, after in zip(read_canaries(tmp_path / "canaries.toml"), CANARIES, changed, strict=True):
            missed = ask(store, told["run_id"], [canary], policy).missed
            assert len(missed) == (0 if after == before else 2), canary  # the first look and the last
            assert all(re.search(said, words) for words in missed), missed
            # Any one of them is enough, however many others are well.
            assert (night_status(counts, canaries=16, missed=missed[:1]).status == "void") == (after != before)
    assert {bool(spec.plants) for spec, after in zip(CANARIES, changed, strict=True) if after != spec} == {
        "all": {True, False},
        "bad": {True},
        "clean": {False},
    }[which]


@pytest.mark.browser
@pytest.mark.slow
def test_a_night_whose_canaries_are_as_they_should_be_is_believed(tmp_path):
    code, told = night(tmp_path, asked=EXPECTED)
    assert (code, told["status"]) == (0, "complete"), told
    assert told["canaries"] == {"asked": 16, "missed": [], "blind_spots": []}
    assert told["judged"]["violations"] == {"new": 1}


@pytest.mark.browser
@pytest.mark.slow
def test_a_night_tells_which_surfaces_and_store_types_have_no_canary(tmp_path):
    room = replace(CANARIES[0], plants="item personal direct -")
    asked = SampleCanary(EXPECTED[0].url, ("personal_store_link",), ("taobao_personal",), 1)
    code, told = night(tmp_path, asked=[asked], canaries=(room,))
    assert code == 0
    without = "jd_pop, jd_self_operated, other_store, taobao_enterprise, tmall, tmall_global"
    gaps = ["no known-clean canary stands on live_room", f"no canary leads to {without}"]
    assert told["canaries"]["blind_spots"] == gaps
    assert told["reason"].endswith(f"2 canaries as they should be; {'; '.join(gaps)}")
