"""A page while it is being written: the declaration of a page, and the places of it that carriers fill."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.sample.clock import When


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpec:
    """A page as declared.

    Attributes:
        surface: ``live_room``, ``short_video``, ``merchant`` or ``product``.
        page_id: room, video, user or item id; stands in the page's address.
        kind: what the visitor meets: ``on_air``, ``offline``, ``unknown``, ``limited``, ``blocked``, ``login``,
            ``captcha``, ``gone``.
        cart: how the cart comes: ``xhr``, ``own`` (the same, with an item of Kuaishou's only), ``scroll``, ``boxed``
            (scrolls in a box), ``socket``, ``gzip``, ``protobuf``, ``packed`` (gzip in protobuf), ``jsonp``, ``slow``
            (late, over a skeleton), ``virtual`` (scrolls, keeping only twenty cards), ``framed`` (a page of the shop
            site in a frame), ``static``, ``broken`` (never comes), ``walled`` (asks for a login), ``barred`` (asks for
            a captcha).
        is_clicked: whether the cart opens only by the yellow cart.
        draw: how a card shows its link: ``anchor``, ``data``, ``onclick`` or ``none``.
        form: the address form, e.g. ``u`` or ``mobile`` (see ``addresses``).
        paste: the form in which a person would paste it; the canonical address unless said.
        layout: of the state blob, ``2023`` or ``2024``.
        posted: publish time of the content itself (short videos).
        outcomes: what a visit may come to.
        plants: a table, one planted link per line: carrier, shop, way, time, and ``xN`` to repeat it.
    """

    surface: str
    page_id: str
    kind: str = "on_air"
    cart: str = "static"
    is_clicked: bool = False
    draw: str = "anchor"
    form: str = ""
    paste: str = ""
    layout: str = "2024"
    posted: str = "-"
    outcomes: tuple[str, ...] = ("ok",)
    plants: str = ""


@dataclass(frozen=True, slots=True)
class Plant:
    """One line of a page's table."""

    carrier: str
    shop: str
    state: str
    way: str
    time: str

    @property
    def place(self) -> str:
        """Where a share text stands; the carrier itself for all others."""
        return self.carrier.partition(".")[0]

    @property
    def form(self) -> str:
        """The form of a share text, or nothing."""
        return self.carrier.partition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link as a page is about to show it."""

    url: str
    label: str
    price_fen: int
    when: When
    number: int
    token: str


@dataclass(slots=True)
class Draft:
    """What the carriers of one page have written so far.

    Attributes:
        head, body, scripts: HTML, HTML inside the product area, and script text.
        goods: cart items as the page's XHR, socket or JSONP gives them.
        held: items in the page's own state.
        texts: what a person wrote, by place: ``title``, ``caption``, ``bio``, ``notice``.
        comments: comments with their times.
        others: captions of other people's videos.
        opens_on_load, opens_on_click: windows that the page opens, each address in pieces.
        shadows: links that the page draws into a shadow tree, each address in pieces.
        codes: QR codes for the script to draw.
        images: addresses and bytes of pictures, PNG or (``.jpg``) JPEG.
    """

    spec: PageSpec
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    goods: list[dict[str, object]] = field(default_factory=list)
    held: list[dict[str, object]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    comments: list[dict[str, object]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    opens_on_load: list[list[str]] = field(default_factory=list)
    opens_on_click: list[list[str]] = field(default_factory=list)
    shadows: list[list[str]] = field(default_factory=list)
    codes: list[dict[str, object]] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)

    def text(self, place: str, usual: str = "") -> str:
        """What stands at a place of the page."""
        return " ".join(self.texts.get(place, [usual]))
