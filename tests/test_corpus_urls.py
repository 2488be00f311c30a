"""Against the labelled corpus of real addresses: how often each fact is right, and that none is claimed wrongly."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.classify import classify_url

CORPUS = os.environ.get("CARTWATCH_CORPUS", "")
pytestmark = pytest.mark.skipif(not CORPUS, reason="CARTWATCH_CORPUS is not set")


@pytest.fixture(scope="module")
def judged():
    lines = (Path(CORPUS) / "urls.jsonl").read_text("utf-8").splitlines()
    return [(row, classify_url(row["url"])) for row in map(json.loads, lines)]


@pytest.mark.parametrize("fact", ["platform", "scope", "kind", "item_id", "store_type"])
def test_each_fact_is_right_for_995_in_1000(judged, fact):
    wrong = [
        (row["url"], row[fact], getattr(found, fact)) for row, found in judged if getattr(found, fact) != row[fact]
    ]
    assert len(wrong) <= 0.005 * len(judged), wrong


def test_no_store_type_is_claimed_of_an_address_that_proves_another(judged):
    claims = {"tmall", "tmall_global"}
    assert not [
        row["url"]
        for row, found in judged
        if row["store_type"] in claims and found.store_type in claims and row["store_type"] != found.store_type
    ]


def test_every_canonical_address_is_its_own(judged):
    assert not [
        row["url"] for row, found in judged if classify_url(found.canonical_url).canonical_url != found.canonical_url
    ]


def test_every_nested_address_is_found(judged):
    def bare(text: str) -> str:
        return text.replace("%3D", "=")

    missed = [
        (row["url"], target)
        for row, found in judged
        for target in (part for one in row.get("nested", ()) for part in one["target"].split(","))
        if bare(target) not in {bare(one.target) for one in found.nested}
    ]
    assert missed == []
