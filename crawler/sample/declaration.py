"""The declaration of the sample world: all its pages. Live rooms are in rooms.py, which says how to read a table."""

from __future__ import annotations

from functools import partial

from crawler.sample.drafts import PageSpec
from crawler.sample.rooms import ROOMS

_video = partial(PageSpec, surface="short_video", posted="ms:2022-11-08T19:30")
_merchant = partial(PageSpec, surface="merchant")
_product = partial(PageSpec, surface="product")

VIDEOS = (
    _video(page_id="3xgonevideo01", kind="unknown", outcomes=("not_found",)),
    _video(
        page_id="3xcaption0001",
        paste="noisy",
        plants="""
        caption.yen tmall mtb -
        comment.plain personal mtb s:2022-11-09T08:00
        other.yen tmall mtb -
        other.plain personal direct -
        """,
    ),
    _video(
        page_id="3xclickcart02",
        cart="xhr",
        is_clicked=True,
        plants="""
        item tmall direct ms:2022-11-09T10:00 x3
        item personal mtb - x2
        item enterprise direct s:2022-11-09T10:00 x2
        caption.token_spaced tmall token -
        popup_click personal direct -
        other.new personal etb -
        """,
    ),
    _video(
        page_id="3xmobile00003",
        paste="mobile",
        posted="ms:2023-01-05T10:00",
        plants="""
        caption.new tmall etb -
        comment.plain personal direct s:2023-01-06T10:00
        comment.yen personal mtb text:2023-01-06T10:00
        comment.euro enterprise mtb ms:2023-01-06T10:00
        """,
    ),
    _video(
        page_id="3xshort000004",
        paste="f",
        posted="ms:2022-10-01T10:00",
        plants="""
        caption.plain tmall mtb -
        popup_load personal direct -
        state enterprise direct s:2022-10-02T10:00
        inline personal direct -
        """,
    ),
    _video(
        page_id="3xlatecart005",
        cart="xhr",
        draw="none",
        posted="ms:2022-10-01T10:00",
        plants="""
        item tmall direct ms:2022-11-05T10:00 x2
        item personal direct ms:2022-11-05T10:00
        other.plain enterprise direct -
        """,
    ),
    _video(
        page_id="3xmarkup00006",
        cart="xhr",
        plants="""
        item tmall direct ms:2022-11-10T10:00
        form enterprise direct -
        meta enterprise direct -
        json_ld personal direct -
        comment_tag youzan direct -
        style personal direct -
        srcdoc enterprise direct -
        frame personal direct -
        code_inline personal mtb -
        code_canvas personal direct -
        code_image personal direct -
        """,
    ),
    _video(
        page_id="3xfeedcart007",
        cart="scroll",
        draw="data",
        plants="""
        item tmall_new direct ms:2022-11-10T11:00 x12
        item personal direct - x12
        """,
    ),
    _video(
        page_id="3xdisguise008",
        plants="""
        hidden personal direct -
        entities enterprise mtb -
        upper enterprise direct -
        scheme_less personal direct -
        ondeep enterprise direct -
        caption.full_width tmall direct -
        """,
    ),
)

MERCHANTS = (
    _merchant(
        page_id="3xmerchant0001",
        plants="""
        bio.plain personal mtb -
        bio.token_yen tmall token -
        anchor enterprise direct -
        data personal app_tbopen -
        title.plain enterprise mtb -
        """,
    ),
    _merchant(
        page_id="3xmerchant0002",
        form="live_profile",
        plants="""
        anchor personal nested2 -
        onclick enterprise direct -
        onclick personal direct -
        state tmall direct ms:2022-11-12T10:00
        bio.yen personal mtb -
        inline personal direct -
        json_in_json enterprise direct -
        """,
    ),
    _merchant(
        page_id="144077001",
        form="window",
        paste="noisy",
        cart="scroll",
        plants="""
        item tmall direct ms:2022-11-12T11:00 x12
        item personal direct - x10
        """,
    ),
    _merchant(
        page_id="144077002",
        form="frame",
        cart="xhr",
        draw="none",
        plants="""
        item enterprise mtb -
        item tmall direct day:2022-11-12
        item weidian direct -
        """,
    ),
    _merchant(
        page_id="3xmerchant0005",
        plants="""
        form personal direct -
        frame personal direct -
        meta youzan direct -
        json_ld enterprise direct -
        comment_tag enterprise direct -
        style personal direct -
        srcdoc personal direct -
        """,
    ),
    _merchant(
        page_id="3xmerchant0006",
        plants="""
        title.zero_width personal direct -
        hidden enterprise direct -
        entities personal direct -
        upper personal direct -
        scheme_less enterprise direct -
        ondeep personal mtb -
        """,
    ),
)

PRODUCTS = (
    _product(
        page_id="20100000011",
        cart="xhr",
        paste="noisy",
        plants="""
        item tmall direct ms:2022-11-13T10:00
        item personal direct -
        """,
    ),
    _product(
        page_id="20100000012",
        form="web",
        plants="""
        popup_load personal direct -
        popup_load enterprise mtb -
        onclick personal direct -
        json_in_json enterprise direct -
        """,
    ),
    _product(page_id="20100000013"),
    _product(
        page_id="20100000014",
        paste="f",
        plants="""
        anchor personal app_taobao -
        anchor enterprise app_tmall -
        anchor personal intent -
        data enterprise kwai -
        """,
    ),
    _product(
        page_id="20100000015",
        cart="xhr",
        plants="""
        item pinduoduo direct -
        code_image personal direct -
        code_inline enterprise direct -
        code_image personal mtb -
        code_canvas enterprise direct -
        """,
    ),
    _product(
        page_id="20100000016",
        cart="xhr",
        is_clicked=True,
        draw="onclick",
        plants="""
        item enterprise mtb - x2
        popup_click personal direct -
        """,
    ),
)

HARD_CORNERS = (
    _video(
        page_id="3xcorners0009",
        cart="slow",
        is_clicked=True,
        draw="onclick",
        plants="""
        item enterprise mtb -
        item tmall direct ms:2022-11-30T15:00
        area personal direct -
        drawing personal direct -
        template enterprise direct -
        noscript personal direct -
        shadow enterprise direct -
        hidden_field personal direct -
        clipboard enterprise mtb -
        html_in_state personal direct -
        data_encoded enterprise direct -
        data_base64 personal direct -
        split_text enterprise direct -
        """,
    ),
    _merchant(
        page_id="144077003",
        form="window",
        cart="virtual",
        plants="""
        item personal direct - x25
        item tmall direct ms:2022-11-30T16:00 x20
        area enterprise direct -
        drawing enterprise direct -
        template personal direct -
        noscript personal direct -
        shadow personal mtb -
        hidden_field enterprise direct -
        clipboard personal mtb -
        html_in_state enterprise direct -
        data_encoded personal direct -
        data_base64 personal mtb -
        split_text personal mtb -
        bio.glued enterprise mtb -
        """,
    ),
)

UNSEEN = (
    _merchant(page_id="144077004", form="window", cart="walled", outcomes=("login_wall",)),
    _merchant(page_id="3xmerchant0007", kind="gone", outcomes=("not_found",)),
    _product(page_id="20100000017", form="web", cart="walled", outcomes=("login_wall",)),
    _product(page_id="20100000018", kind="gone", outcomes=("not_found",)),
    _product(page_id="20100000019", cart="broken", outcomes=("partial", "ok")),
)

PAGES: tuple[PageSpec, ...] = (*ROOMS, *VIDEOS, *MERCHANTS, *PRODUCTS, *HARD_CORNERS, *UNSEEN)
"""Every page of the world."""
