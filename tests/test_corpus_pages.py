"""Real saved pages against what their index says of them. CARTWATCH_CORPUS tells where they lie: they are not ours."""

import json
import os
from pathlib import Path

import pytest

from crawler.inspect import inspect
from crawler.reading.document import Document
from crawler.reading.saved import read_saved

CORPUS = os.environ.get("CARTWATCH_CORPUS", "")
ROWS = (
    [json.loads(line) for line in (Path(CORPUS) / "pages/index.jsonl").read_text().splitlines()]
    if CORPUS
    else [pytest.param(None, marks=pytest.mark.skip(reason="CARTWATCH_CORPUS is not set"))]
)
pages = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"] if row else "none")

WIDER = {"taobao_personal": "taobao_unspecified", "taobao_enterprise": "taobao_unspecified", "tmall_global": "tmall"}
NAMES = {"tmall_flagship": "tmall", "kuaishou_shop": "kuaishou_own"}
UNDECIDED = {"mixed", "n/a", "unknown"}

# The index knows these shops from elsewhere: in the file is a list of items, a buyer's comment, a document.
ELSEWHERE = {"mtop_shop_items", "doc_with_api_samples"}
ELSEWHERE_FILES = {"kuaishou/shop_product_comments.json"}

# What a kind of page is, in the words of the index, and how such a page counts as seen.
OUTCOMES = (
    ("anti_bot_punish", {"challenge"}),
    ("token_error", {"partial"}),
    ("degraded", {"partial"}),
    ("error22", {"not_found"}),
    ("mobile_shell", {"partial", "challenge"}),
    ("shell", {"partial"}),
    ("home_page", {"partial"}),
    ("shop_search_page", {"ok"}),
    ("search", {"partial"}),
    ("api_definition", {"partial"}),
    ("mtop_desc", {"partial"}),
    ("mtop_shop_items", {"partial"}),
    ("item_page", {"ok"}),
    ("mtop_pcdetail", {"ok"}),
    ("mtop_shop_info", {"ok"}),
    ("live_page_on_air", {"ok"}),
)
STATES = (
    ("offshelf", "off_shelf"),
    ("soldout", "sold_out"),
    ("presale", "not_yet_on_sale"),
    ("error22", "not_found"),
    ("degraded", "unknown"),
    ("shell", "unknown"),
    ("item_page", "on_shelf"),
    ("mtop_pcdetail", "on_shelf"),
    ("wap_detail", "on_shelf"),
    ("item_json", "on_shelf"),
)


def content_of(row):
    return (Path(CORPUS) / "pages" / row["file"]).read_bytes()


def inspected(row, content=None, url=None):
    address = (row["url_if_known"] or "") if url is None else url
    return inspect(Document(read_saved(content_of(row) if content is None else content, address)))


def first(table, kind, default):
    return next((value for word, value in table if word in kind), default)


def allowed_stores(row):
    """What a page may be called without being called wrong."""
    label = row["store_type_if_evident"]
    store = NAMES.get(label.rstrip("?"), label.rstrip("?"))
    if label in UNDECIDED:
        return {"unknown", "not_applicable"}
    is_elsewhere = row["kind"] in ELSEWHERE or row["file"] in ELSEWHERE_FILES
    is_challenged = "challenged" in row["evidence"]
    if label.endswith("?") or is_elsewhere or is_challenged:
        return {store, WIDER.get(store, store), "unknown"}
    return {store}


@pages
def test_the_store_is_never_wrong_and_decided_where_the_page_tells(row):
    found = inspected(row).destination
    assert found.store_type in allowed_stores(row)
    assert (found.confidence == "undetermined") == (found.store_type == "unknown")


@pages
def test_a_guess_of_the_index_is_still_decided_where_the_page_was_seen_whole(row):
    found = inspected(row)
    if row["store_type_if_evident"].endswith("?") and "challenged" not in row["evidence"]:
        assert found.destination.confidence != "undetermined"


@pages
def test_the_state_of_the_item_is_never_wrong(row):
    assert inspected(row).destination.state == first(STATES, row["kind"], "unknown")


@pages
def test_every_page_is_seen_as_what_it_is(row):
    expected = {"challenge"} if "challenged" in row["evidence"] else first(OUTCOMES, row["kind"], {"ok", "partial"})
    assert inspected(row).outcome in expected


@pages
def test_the_platform_is_known_with_the_address_and_without(row):
    assert inspected(row).destination.platform == row["platform"]
    assert inspected(row, url="").destination.platform == row["platform"]


@pages
def test_without_its_address_a_page_says_the_same(row):
    with_address, without = inspected(row), inspected(row, url="")
    assert without.destination.store_type == with_address.destination.store_type
    assert (without.destination.state, without.outcome) == (with_address.destination.state, with_address.outcome)


@pages
def test_the_shop_and_the_item_are_named(row):
    found = inspected(row)
    is_item = first(STATES, row["kind"], "unknown") in {"on_shelf", "off_shelf", "sold_out", "not_yet_on_sale"}
    if is_item and row["url_if_known"]:
        assert found.destination.item_id in row["url_if_known"]
        assert found.destination.title


# fmt: off
FIELDS = [
    "sellerType", "tagIcon", "pcShopUrl", "seller", "item", "skuCore", "componentsVO", "g_config", "idata", "type",
    "tb-icon-alipay-persion-auth", "personal-id", "header-enterprise-tb", "shop-type-icon-enterprise", "licenseUrl",
    "businessIconUrl", "b2CShop", "signInfoDTO", "itemDO", "rstShopId", "detail", "slogo-shopname", "bShop",
    "isMall", "getProgressiveInfoApi",
    "shopUrl", "shopInfoUrl", "zhizhao", "shop_Url", "defaultModel", "itemPriceResultDO", "isPop", "isSelf", "venderId",
    "shopId", "skuid", "product", "warestatus", "u-jd", "clstag", "sourceType", "itemLinkUrl", "userShopScoreView",
    "title",
]
# fmt: on


@pages
def test_a_renamed_field_never_makes_another_store(row):
    content, store = content_of(row), inspected(row).destination.store_type
    kept = {store, WIDER.get(store, store), "unknown"}
    for field in filter(lambda field: field.encode() in content, FIELDS):
        found = inspected(row, content.replace(field.encode(), b"x9" + field[::-1].encode()))
        assert found.destination.store_type in kept, field


@pages
def test_without_its_fields_a_page_decides_nothing(row):
    content = content_of(row)
    for field in FIELDS:
        content = content.replace(field.encode(), b"x9" + field[::-1].encode())
    assert inspected(row, content, url="").destination.store_type in {
        "unknown",
        WIDER.get(row["store_type_if_evident"]),
    }
