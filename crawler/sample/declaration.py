"""The declaration of the sample world: its pages, and on each page its planted links.

A line of ``plants`` is one link: carrier, shop (and the item's state), way to the item, publish time, ``xN`` to repeat.
Carriers are named in carriers.py and share_texts.py, shops in goods.py, ways in ways.py, times in clock.py.
"""

from __future__ import annotations

from crawler.sample.drafts import PageSpec

ROOMS = (
    PageSpec(
        surface="live_room",
        page_id="spring-tea",
        cart="xhr",
        paste="noisy",
        plants="""
        item tmall direct ms:2022-11-05T12:00 x3
        item personal direct ms:2022-11-05T12:00 x2
        item enterprise direct s:2022-11-06T20:15
        item jd_self direct ms:2022-11-11T00:00
        item jd_pop direct text:2022-11-11T08:30
        item tmall taobao_front ms:2022-11-05T12:00
        item youzan direct ms:2022-11-05T12:00
        """,
    ),
    PageSpec(
        surface="live_room",
        page_id="north-wool",
        cart="xhr",
        is_clicked=True,
        draw="data",
        plants="""
        item tmall mtb ms:2022-11-20T21:00 x2
        item personal mtb s:2022-11-20T21:00 x2
        item jd_self_new ujd text:2022-11-20T21:00 x2
        item jd_pop_new ujd - x2
        item pinduoduo direct ms:2022-11-20T21:00
        """,
    ),
    PageSpec(
        surface="live_room",
        page_id="big-cart",
        cart="scroll",
        plants="""
        item tmall direct ms:2022-12-01T10:00 x20
        item personal direct - x20
        item tmall_new direct s:2022-12-01T10:00 x15
        """,
    ),
)

PAGES: tuple[PageSpec, ...] = ROOMS
