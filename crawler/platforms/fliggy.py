"""Fliggy: Alibaba's travel market."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://traveldetail.fliggy.com/item.htm?id={item}"

_TABLE = FormTable(
    "fliggy",
    (
        Form("traveldetail.fliggy.com items.fliggy.com traveldetail.taobao.com "
             "traveldetail.alitrip.com items.alitrip.com", r"/item\.html?",
             "item_page", "id", canonical=_ITEM),
        Form("*.trip.taobao.com", r"/(?=.*\.html?\Z).*item.*", "item_page", "id itemId"),
        Form("*.fliggy.com *.feizhu.com *.alitrip.com", r"/(?:h5|gw)/mtop.*", "api_endpoint"),
        Form("login.fliggy.com pass.fliggy.com", "", "login"),
        Form(".open.fliggy.com .open.alitrip.com", "", "console_or_doc"),
        Form("*.fliggy.com *.feizhu.com *.alitrip.com",
             r"/(?:.*/)?(?:[a-z_]{1,40}_)?(?:search|list)[a-z0-9_]{0,40}\.html?|/.*_list[0-9]*\.html?", "search_page"),
        Form(".fliggy.com .feizhu.com .alitrip.com traveldetail.taobao.com", r"/?", "homepage"),
        Form("taobaotravel://* fliggy://*", "", "deep_link"),
        Form("*.fliggy.com *.feizhu.com *.alitrip.com .trip.taobao.com fliggy.com feizhu.com "
             "alitrip.com traveldetail.taobao.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Fliggy, Alibaba's travel market",
    domains=("fliggy.com", "feizhu.com", "alitrip.com", "trip.taobao.com", "traveldetail.taobao.com"),
    schemes=("taobaotravel", "fliggy"),
    brands=("fliggy", "alitrip"),
    read_url=_TABLE,
)
