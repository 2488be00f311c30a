"""Live rooms of the sample world, and on each its planted links.

A line of ``plants`` is one link: carrier, shop (and the item's state), way to the item, publish time, ``xN`` to repeat.
Carriers are named in carriers.py and share_texts.py, shops in goods.py, ways in ways.py, times in clock.py.
"""

from __future__ import annotations

from functools import partial

from crawler.sample.drafts import PageSpec

_room = partial(PageSpec, surface="live_room")

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
    _room(page_id="barred-cart", cart="barred", outcomes=("challenge",)),
    _room(page_id="login-room", kind="login", outcomes=("login_wall",)),
    _room(page_id="captcha-room", kind="captcha", outcomes=("challenge",)),
    _room(page_id="broken-cart", cart="broken", outcomes=("partial",)),
    _room(page_id="quiet-room", cart="xhr", outcomes=("robots_denied",)),
)

HARD_CARTS = (
    _room(
        page_id="late-cart",
        cart="slow",
        draw="none",
        plants="""
        item tmall direct ms:2022-11-21T20:00 x2
        item personal direct -
        """,
    ),
    _room(
        page_id="recycling-cart",
        cart="virtual",
        draw="data",
        plants="""
        item tmall_new direct ms:2022-11-21T21:00 x30
        item personal direct - x32
        """,
    ),
    _room(
        page_id="framed-cart",
        cart="framed",
        plants="""
        item tmall direct ms:2022-11-21T22:00 x2
        item enterprise direct -
        item jd_pop direct -
        """,
    ),
    _room(
        page_id="nested-feed",
        cart="packed",
        draw="none",
        plants="""
        item personal direct - x2
        item jd_pop_new direct - x2
        item tmall direct -
        """,
    ),
)

HARD_WAYS = (
    _room(
        page_id="links-in-links",
        cart="xhr",
        draw="none",
        plants="""
        item personal kwai+mtb -
        item tmall kwai+etb ms:2022-11-30T10:00
        item enterprise app_tbopen+mtb -
        item jd_pop nested1+ujd -
        item jd_self 302+ujd ms:2022-11-30T10:00
        item personal 301+mtb -
        item personal mtb+sclick -
        item tmall nested_twice+mtb ms:2022-11-30T10:00
        item personal jdadvert -
        item enterprise jdadvert+mtb -
        item youzan kwai+302 -
        item personal nested2+coupon -
        """,
    ),
    _room(
        page_id="other-addresses",
        cart="xhr",
        draw="none",
        plants="""
        item personal old_mobile -
        item tmall old_mobile ms:2022-11-30T11:00
        item personal world -
        item enterprise broken_join -
        item personal open_coupon -
        item tmall open_coupon ms:2022-11-30T11:00
        item tmall taobao_stay ms:2022-11-30T11:00
        item tmall_new taobao_stay ms:2022-11-30T11:00
        item jd_self jd_wechat ms:2022-11-30T11:00
        item jd_pop jd_coupon -
        item jd_pop app_jd_web -
        item personal app_alipay -
        """,
    ),
    _room(
        page_id="hard-shops",
        cart="xhr",
        draw="none",
        plants="""
        item personal_loud direct - x2
        item personal_loud.off_shelf direct -
        item jd_self_mixed direct ms:2022-11-30T12:00 x2
        item personal_new.shell direct -
        item tmall.shell direct ms:2022-11-30T12:00
        """,
    ),
    _room(
        page_id="hidden-corners",
        cart="xhr",
        plants="""
        item tmall direct ms:2022-11-30T13:00
        area personal direct -
        drawing enterprise direct -
        template personal direct -
        noscript enterprise direct -
        shadow personal direct -
        hidden_field jd_pop direct -
        clipboard personal mtb -
        """,
    ),
    _room(
        page_id="odd-clocks",
        cart="xhr",
        draw="none",
        plants="""
        item tmall direct digits:2022-11-30T12:00
        item tmall direct utc:2022-12-31T15:59:59
        item tmall direct utc:2022-12-31T23:59:59
        item tmall direct slash:2022-10-27T23:59
        item tmall direct slash:2022-12-01T09:30
        item tmall direct words:2022-10-28T00:00
        item tmall direct words:2023-01-01T00:05
        item jd_self direct utc:2022-10-28T15:59:59+00:00
        item jd_self direct words:2022-10-29T20:00
        item jd_self direct digits:2022-11-30T23:59:59.999
        """,
    ),
    _room(
        page_id="odd-writing",
        plants="""
        html_in_state personal direct -
        html_in_state enterprise mtb -
        data_encoded personal direct -
        data_base64 enterprise direct -
        split_text personal direct -
        caption.glued personal mtb -
        bio.cjk_dots personal direct -
        comment.glued jd_pop ujd ms:2022-11-25T10:00
        """,
    ),
    _room(
        page_id="sly-redirects",
        cart="xhr",
        draw="none",
        plants="""
        item personal between_traps -
        item tmall between_traps ms:2022-11-30T13:30
        item enterprise plain_http -
        item personal to_app -
        item tmall to_private ms:2022-11-30T13:30
        item personal to_file -
        item tmall to_lookalike ms:2022-11-30T13:30
        """,
    ),
    _room(
        page_id="twice-told-a",
        cart="xhr",
        draw="none",
        plants="""
        item tmall =direct ms:2022-11-30T14:00
        item personal =mtb -
        item jd_pop =ujd -
        """,
    ),
    _room(
        page_id="twice-told-b",
        cart="socket",
        draw="none",
        plants="""
        item tmall =direct ms:2023-01-02T14:00
        item personal =mtb ms:2022-11-30T14:00
        item jd_pop =ujd ms:2022-11-30T14:00
        """,
    ),
)

ROOMS: tuple[PageSpec, ...] = (*CARTS, *TIMES, *CARRIERS, *JUMPS, *SHOPS, *UNSEEN, *HARD_CARTS, *HARD_WAYS)
