"""The declaration of the sample world: its pages, and on each page its planted links.

A line of ``plants`` is one link: carrier, shop (and the item's state), way to the item, publish time, ``xN`` to repeat.
Carriers are named in carriers.py and share_texts.py, shops in goods.py, ways in ways.py, times in clock.py.
"""

from __future__ import annotations

from functools import partial

from crawler.sample.drafts import PageSpec

_room = partial(PageSpec, surface="live_room")
_video = partial(PageSpec, surface="short_video", posted="ms:2022-11-08T19:30")
_merchant = partial(PageSpec, surface="merchant")
_product = partial(PageSpec, surface="product")

CARTS = (
    _room(
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
    _room(
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
    _room(
        page_id="big-cart",
        cart="scroll",
        plants="""
        item tmall direct ms:2022-12-01T10:00 x18
        item personal direct - x18
        item tmall_new direct s:2022-12-01T10:00 x12
        item jd_pop direct text:2022-11-12T10:00 x7
        """,
    ),
    _room(
        page_id="boxed-cart",
        cart="boxed",
        is_clicked=True,
        draw="none",
        plants="""
        item tmall mtb ms:2022-12-02T10:00 x10
        item enterprise etb ms:2022-12-02T10:00 x8
        item weidian direct - x7
        """,
    ),
    _room(
        page_id="live-feed",
        cart="socket",
        draw="none",
        plants="""
        item tmall direct ms:2022-11-15T20:00 x4
        item personal sclick s:2022-11-15T20:00 x2
        item jd_self ujd text:2022-11-15T20:00 x2
        item pinduoduo direct - x2
        """,
    ),
    _room(
        page_id="packed-feed",
        cart="gzip",
        draw="none",
        plants="""
        item tmall_new direct ms:2022-11-16T20:00 x3
        item jd_pop_new direct ms:2022-11-16T20:00 x2
        item personal mtb - x3
        """,
    ),
    _room(
        page_id="binary-feed",
        cart="protobuf",
        draw="none",
        plants="""
        item tmall direct ms:2022-11-17T20:00 x3
        item personal direct - x3
        item youzan direct - x2
        """,
    ),
    _room(
        page_id="padded-cart",
        cart="jsonp",
        draw="onclick",
        plants="""
        item tmall coupon ms:2022-11-18T20:00 x2
        item enterprise direct ms:2022-11-18T20:00 x2
        item jd_self jdclick s:2022-11-18T20:00 x2
        """,
    ),
    _room(
        page_id="old-layout",
        cart="xhr",
        layout="2023",
        draw="none",
        plants="""
        item tmall_global direct ms:2022-11-11T00:10 x2
        item personal mobile_taobao s:2022-11-11T00:10 x2
        item jd_self mobile_jd text:2022-11-11T00:10 x2
        item jd_pop mobile_jd - x2
        """,
    ),
    _room(
        page_id="mobile-share",
        cart="xhr",
        paste="mobile",
        plants="""
        item tmall mtb minute:2022-11-19T20:00 x2
        item personal direct day:2022-11-19 x2
        item suning direct -
        notice.zero_width enterprise direct -
        """,
    ),
    _room(
        page_id="old-share",
        cart="xhr",
        paste="gifshow",
        plants="""
        item tmall direct text:2022-11-19T21:00 x2
        item enterprise direct -
        """,
    ),
    _room(
        page_id="short-share",
        cart="socket",
        paste="v",
        plants="""
        item tmall direct ms:2022-11-19T22:00
        item jd_pop ujd ms:2022-11-19T22:00
        item personal direct -
        notice.plain personal mtb -
        """,
    ),
    _room(page_id="empty-cart", cart="xhr"),
)

TIMES = (
    _room(
        page_id="tmall-borders",
        cart="xhr",
        draw="none",
        plants="""
        item tmall direct ms:2022-12-31T15:59:59.999+00:00
        item tmall direct ms:2022-12-31T16:30:00+00:00
        item tmall direct ms:2022-10-27T23:59:59.999
        item tmall direct ms:2022-10-28T00:00
        item tmall direct day:2022-12-31
        item tmall direct day:2023-01-01
        item tmall direct text:2022-10-27T08:00
        item tmall direct s:2023-01-01T00:00
        item tmall direct rel:3小时前
        item tmall direct - x2
        item tmall_global direct minute:2022-12-31T23:59
        item personal direct rel:3小时前
        """,
    ),
    _room(
        page_id="jd-borders",
        cart="xhr",
        draw="none",
        plants="""
        item jd_self direct ms:2022-10-29T12:00
        item jd_self direct day:2022-10-29
        item jd_self direct s:2022-10-30T00:00
        item jd_self_new direct ms:2022-11-30T23:59:59.999
        item jd_self_new direct ms:2022-11-30T16:00:00+00:00
        item jd_self_new direct text:2022-12-01T00:00
        item jd_self direct text:2022-10-28T23:59:59
        item jd_self direct -
        item jd_pop direct ms:2022-10-29T12:00
        """,
    ),
)

CARRIERS = (
    _room(
        page_id="plain-links",
        plants="""
        anchor tmall direct - x2
        anchor personal direct -
        hidden personal direct -
        entities enterprise direct -
        upper personal direct -
        scheme_less personal direct -
        data enterprise direct -
        onclick personal direct -
        ondeep personal direct -
        """,
    ),
    _room(
        page_id="state-links",
        plants="""
        state tmall direct ms:2022-11-21T10:00 x2
        state personal mtb s:2022-11-21T10:00 x2
        state jd_self ujd text:2022-11-21T10:00
        json_in_json personal direct -
        json_in_json tmall direct ms:2022-11-21T10:00 x2
        inline enterprise direct - x2
        inline youzan direct -
        """,
    ),
    _room(
        page_id="window-opener",
        cart="xhr",
        is_clicked=True,
        plants="""
        item tmall direct ms:2022-11-22T10:00
        popup_load personal direct -
        popup_load jd_pop direct -
        popup_click enterprise direct -
        popup_click tmall mtb -
        """,
    ),
    _room(
        page_id="odd-markup",
        plants="""
        form personal direct -
        frame enterprise direct -
        meta personal direct -
        json_ld jd_pop direct -
        comment_tag personal direct -
        style pinduoduo direct -
        srcdoc personal direct -
        """,
    ),
    _room(
        page_id="deep-links",
        cart="xhr",
        plants="""
        item personal app_taobao ms:2022-11-23T10:00
        item tmall app_tbopen ms:2022-11-23T10:00
        item personal app_tbopen_twice -
        item tmall app_tmall ms:2022-11-23T10:00
        item personal app_tmall ms:2022-11-23T10:00
        item jd_self app_jd ms:2022-11-23T10:00
        item jd_pop app_jd_raw -
        item enterprise intent -
        item personal kwai -
        anchor enterprise app_tbopen -
        anchor jd_pop app_jd -
        data personal intent -
        onclick youzan kwai -
        """,
    ),
    _room(
        page_id="wrapped-links",
        cart="xhr",
        draw="data",
        plants="""
        item personal nested1 -
        item tmall nested1 ms:2022-11-24T10:00
        item enterprise nested2 -
        item tmall nested2 ms:2022-11-24T10:00
        item personal nested3 -
        item enterprise nested_raw -
        item personal nested_twice -
        item jd_pop nested_base64 -
        item jd_self jdadvert ms:2022-11-24T10:00
        item jd_pop jdadvert -
        """,
    ),
    _room(
        page_id="talkative",
        plants="""
        caption.yen personal mtb -
        caption.token_paren tmall token -
        bio.plain enterprise direct -
        bio.token_yen tmall token -
        notice.new personal etb -
        notice.full_width personal direct -
        title.plain personal mtb -
        comment.euro personal mtb ms:2022-11-25T10:00
        comment.zero_width enterprise direct ms:2022-11-25T10:00
        comment.jd jd_pop jdshort ms:2022-11-25T10:00
        comment.token_jd jd_self token ms:2022-11-25T10:00
        """,
    ),
    _room(
        page_id="code-wall",
        cart="xhr",
        plants="""
        item tmall direct ms:2022-11-26T10:00
        code_inline personal direct -
        code_image jd_pop ujd -
        code_canvas enterprise direct -
        """,
    ),
)

JUMPS = (
    _room(
        page_id="redirects",
        cart="xhr",
        draw="none",
        plants="""
        item tmall 301 ms:2022-11-27T10:00
        item personal 302 ms:2022-11-27T10:00
        item jd_self 303 ms:2022-11-27T10:00
        item jd_pop 307 -
        item enterprise 308 -
        item personal scheme_less -
        item tmall fragment ms:2022-11-27T10:00
        item personal gbk -
        item youzan relative -
        item tmall gbk ms:2022-11-27T10:00
        """,
    ),
    _room(
        page_id="leading-pages",
        cart="xhr",
        draw="none",
        plants="""
        item tmall refresh ms:2022-11-27T11:00
        item personal refresh -
        item enterprise meta -
        item tmall meta ms:2022-11-27T11:00
        item personal script -
        item enterprise computed -
        item tmall computed ms:2022-11-27T11:00
        item personal interstitial -
        item tmall interstitial ms:2022-11-27T11:00
        item tmall sclick ms:2022-11-27T11:00
        item enterprise sclick -
        item personal coupon -
        """,
    ),
    _room(
        page_id="dead-ends",
        cart="xhr",
        draw="none",
        plants="""
        item personal loop - x2
        item personal endless -
        item tmall gone ms:2022-11-28T10:00
        item personal empty -
        item tmall no_host ms:2022-11-28T10:00
        item personal limited -
        """,
    ),
    _room(
        page_id="memory-trap",
        cart="xhr",
        draw="none",
        plants="""
        item tmall cookie ms:2022-11-28T11:00
        item personal cookie -
        item enterprise cookie -
        """,
    ),
)

SHOPS = (
    _room(
        page_id="item-states",
        cart="xhr",
        draw="none",
        plants="""
        item personal.off_shelf direct -
        item personal_new direct ms:2022-11-29T10:00
        item personal_new.off_shelf direct -
        item enterprise_new direct -
        item enterprise_new.sold_out direct -
        item enterprise_new.not_yet_on_sale direct -
        item tmall.off_shelf direct ms:2022-11-29T10:00
        item tmall_new.sold_out direct ms:2022-11-29T10:00
        item tmall_new.off_shelf direct ms:2022-11-29T10:00
        item jd_self.off_shelf direct ms:2022-11-29T10:00
        item jd_pop.off_shelf direct -
        item jd_pop_new.off_shelf direct -
        item jd_self_new direct ms:2022-11-29T10:00
        """,
    ),
    _room(
        page_id="shop-walls",
        cart="xhr",
        draw="none",
        plants="""
        item personal.not_found direct -
        item tmall.not_found direct ms:2022-11-29T11:00
        item jd_self.not_found direct ms:2022-11-29T11:00
        item personal.challenge direct -
        item tmall.challenge direct ms:2022-11-29T11:00
        item personal.login direct -
        item tmall.login_stub direct ms:2022-11-29T11:00
        item jd_pop.login direct -
        item jd_self.challenge direct ms:2022-11-29T11:00
        item personal_new.degraded direct -
        item tmall_new.overlay direct ms:2022-11-29T11:00
        item personal_new.overlay direct -
        """,
    ),
    _room(
        page_id="false-friends",
        cart="xhr",
        plants="""
        item tmall taobao_front ms:2022-11-29T12:00 x2
        item jd_pop_new direct ms:2022-11-11T12:00
        item personal_new direct -
        item tmall lookalike ms:2022-11-29T12:00
        item tmall userinfo ms:2022-11-29T12:00
        item personal homograph -
        anchor tmall brandish -
        """,
    ),
)

UNSEEN = (
    _room(page_id="off-air", kind="offline", outcomes=("offline",)),
    _room(page_id="no-such-room", kind="unknown", outcomes=("not_found",)),
    _room(page_id="no-such-room-2023", kind="unknown", layout="2023", outcomes=("not_found",)),
    _room(page_id="too-fast", kind="limited", outcomes=("rate_limited",)),
    _room(page_id="blocked-visitor", kind="blocked", outcomes=("rate_limited", "challenge")),
    _room(page_id="walled-cart", cart="walled", outcomes=("login_wall",)),
    _room(page_id="login-room", kind="login", outcomes=("login_wall",)),
    _room(page_id="captcha-room", kind="captcha", outcomes=("challenge",)),
    _room(page_id="broken-cart", cart="broken", outcomes=("partial",)),
    _room(page_id="quiet-room", cart="xhr", outcomes=("robots_denied",)),
    _video(page_id="3xgonevideo01", kind="unknown", outcomes=("not_found",)),
)

VIDEOS = (
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

PAGES: tuple[PageSpec, ...] = (
    *CARTS,
    *TIMES,
    *CARRIERS,
    *JUMPS,
    *SHOPS,
    *UNSEEN,
    *VIDEOS,
    *MERCHANTS,
    *PRODUCTS,
)
