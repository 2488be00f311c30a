"""The real share texts of the corpus: exactly what is listed is found, and nothing else is claimed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.classify import classify_url
from crawler.extract import extract
from crawler.reading.share import read_share_text
from crawler.shapes import Extractor
from crawler.shelf import load
from storage.records import Body, Page

WANTED = 0.98


@pytest.fixture(scope="module")
def rows():
    folder = os.environ.get("CARTWATCH_CORPUS")
    if not folder:
        pytest.skip("CARTWATCH_CORPUS is not set")
    lines = (Path(folder) / "share_texts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_reader_gives_exactly_the_listed_tokens_and_addresses(rows):
    wrong = [
        row["text"]
        for row in rows
        if (set(read_share_text(row["text"]).tokens), set(read_share_text(row["text"]).urls))
        != (set(row["tokens"]), set(row["urls"]))
    ]
    assert len(wrong) <= (1 - WANTED) * len(rows), wrong


def test_classify_takes_none_of_them_for_nothing(rows):
    nothing = [
        row["text"]
        for row in rows
        if (row["urls"] or any(len(token) > len("￥%@￥") for token in row["tokens"]))
        and classify_url(row["text"]).platform == "none"
    ]
    assert nothing == []


def test_a_comment_in_an_answer_gives_exactly_the_listed_tokens_and_addresses(rows):
    extractors = load("crawler.extractors", "EXTRACTOR", Extractor)
    wrong = [row["text"] for row in rows if sighted(row["text"], extractors) != {*row["tokens"], *row["urls"]}]
    assert len(wrong) <= (1 - WANTED) * len(rows), wrong


def sighted(text, extractors):
    url = "https://live.kuaishou.com/u/room"
    body = Body(url=url, content=json.dumps({"comments": [{"content": text}]}).encode())
    sightings = extract(Page(requested_url=url, final_url=url, bodies=(body,)), extractors)
    return {sighting.url or sighting.raw for sighting in sightings}
