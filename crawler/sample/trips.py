"""What a way from a link to its item is, and what it is built from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.sample.goods import Item, Mint
from crawler.sample.web import Web


@dataclass(frozen=True, slots=True)
class Way:
    """A link that was laid out.

    Attributes:
        url: what a page shows.
        keys: words that stand in this link and in no other, besides the item's id.
        resolutions: acceptable outcomes of following it; empty where that is for the item's page to say.
        final_url: where it ends, where that is not the item.
        is_hostile: must never be fetched.
    """

    url: str
    keys: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    final_url: str | None = None
    is_hostile: bool = False

    @property
    def reaches_item(self) -> bool:
        """Whether a visitor who follows the link comes to the item."""
        return not self.resolutions


@dataclass(frozen=True, slots=True)
class Trip:
    """What a way is built from."""

    web: Web
    mint: Mint
    item: Item


Build = Callable[[Trip], Way]
