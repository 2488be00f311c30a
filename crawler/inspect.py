"""Inspect: whose shop stands at the end of a link, decided from the signals on its page alone. Pure.

    page  ->  a platform's ``inspect``  ->  PageEvidence  ->  decide  ->  Destination

Two signals that agree prove a store type, one makes it likely. Signals that contradict each other, and pages that
were not seen whole, leave it undetermined: the signals are kept, for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import get_args

from crawler import shelf
from crawler.reading.document import Document
from crawler.reading.forms import UrlFacts
from crawler.reading.refusal import is_no_text, refusal, said_state
from crawler.shapes import PageEvidence, Platform
from storage.records import SEEN_OUTCOMES, Confidence, Destination, Outcome, Page, Signal, StoreType

_PROOF = 2
"""How many signals of their own make a store type proved."""

_WIDER: Mapping[str, str] = {
    "taobao_personal": "taobao_unspecified",
    "taobao_enterprise": "taobao_unspecified",
    "tmall_global": "tmall",
}
"""Store types that a narrower one agrees with: a personal shop is a shop of Taobao."""

_STORE_TYPES: tuple[StoreType, ...] = get_args(StoreType)
_SELLING = frozenset({"item_page", "shop_page", "activity_page", "coupon_page"})
_NO_ITEM = frozenset({"shop_page", "search_page", "homepage", "login"})
_MISPLACED = "the data are of another item than the address names"
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a page is: the shop or item on it, how the page was seen (``outcome``), and in words why."""

    destination: Destination
    outcome: Outcome
    detail: str = ""


def inspect(document: Document) -> Inspection:
    """Read the evidence on a page and decide."""
    evidence = gather(document)
    outcome, detail = _outcome(document, evidence)
    if _is_misplaced(document, evidence):
        # Whoever asks by item or shop, such as an exception of a policy, asks of the one that the address names.
        evidence = replace(evidence, item_id=None, shop_id=None, shop_name=None, title=None, state="unknown")
        if outcome in SEEN_OUTCOMES:
            outcome, detail = "partial", _MISPLACED
    store_type, confidence = decide(evidence.signals, outcome)
    destination = Destination(
        platform=evidence.platform,
        store_type=store_type,
        confidence=confidence,
        signals=evidence.signals,
        shop_id=evidence.shop_id,
        shop_name=evidence.shop_name,
        item_id=evidence.item_id,
        title=evidence.title,
        state="not_found" if outcome == "not_found" else evidence.state,
    )
    return Inspection(destination, outcome, detail or document.page.detail)


def _is_misplaced(document: Document, evidence: PageEvidence) -> bool:
    """Whether the data are of another item than the address names, or of an item where the address is of no item.

    Pages keep what was looked at before, and what is looked at elsewhere: it proves nothing of what was asked for.
    """
    owner = _owner(document.final_url.host)
    if owner is None or not evidence.item_id:
        return False
    facts = owner.read_url(document.final_url)
    if facts.item_id:
        return facts.item_id != evidence.item_id
    names_it = re.search(rf"(?<!\d){re.escape(evidence.item_id)}(?!\d)", document.page.final_url)
    return facts.kind in _NO_ITEM and not names_it


def gather(document: Document) -> PageEvidence:
    """The evidence on a page: of the platform on whose host it stands, else of the platform whose page it is."""
    owner = _owner(document.final_url.host)
    last: PageEvidence | None = None
    for platform in _in_turn(owner):
        evidence = platform.inspect(document) if platform.inspect else None
        if evidence is not None and evidence.signals:
            return evidence
        # A page without signals may still be read by a platform that shares the host.
        last = last or evidence
    return last or _by_address(document, owner)


def decide(signals: Iterable[Signal], outcome: Outcome) -> tuple[StoreType, Confidence]:
    """The store type that the signals agree on, and how sure it is.

    Args:
        signals: of which each is independent of the others; those that say nothing count for nothing.
        outcome: how the page was seen; a page that was not seen whole decides nothing.
    """
    votes = [signal.says for signal in signals if signal.says]
    narrowest = set(votes) - {wider for vote in votes if (wider := _WIDER.get(vote))}
    if outcome not in SEEN_OUTCOMES or len(narrowest) != 1:
        return "unknown", "undetermined"
    said = narrowest.pop()
    store_type = next((known for known in _STORE_TYPES if known == said), None)
    if store_type is None or store_type == "unknown":
        return "unknown", "undetermined"
    return store_type, "proved" if votes.count(said) >= _PROOF else "likely"


def blank(page: Page) -> str:
    """What a page is in which nothing at all can be read, ``empty`` or otherwise; ``""`` where something can."""
    if is_no_text(page.content):
        return "bytes that are no text"
    return "" if page.content.strip() or page.html.strip() else "empty"


_BLANK_WORDS = {"bytes that are no text": "unreadable: the bytes are no text", "empty": "the page is empty"}


def _outcome(document: Document, evidence: PageEvidence) -> tuple[Outcome, str]:
    """What the page's content says of it, and in words why, unless it never came."""
    page = document.page
    if page.outcome not in SEEN_OUTCOMES and page.outcome != "partial":
        return page.outcome, evidence.detail
    if nothing := blank(page):
        return "partial", _BLANK_WORDS[nothing]
    if evidence.outcome in SEEN_OUTCOMES and page.http_status in _GONE:
        return "not_found", evidence.detail
    if evidence.outcome == "partial" and not any(signal.says for signal in evidence.signals):
        found = refusal(document)
        # What a platform says of its own page is more than that there is little on it.
        return found if found and (found[0] != "partial" or not evidence.detail) else ("partial", evidence.detail)
    if evidence.outcome == "ok":
        return page.outcome, evidence.detail
    return evidence.outcome, evidence.detail


@cache
def _platforms() -> dict[str, Platform]:
    return shelf.load("crawler.platforms", "PLATFORM", Platform)


def _owner(host: str) -> Platform | None:
    """The platform with the longest domain that the host is or lies below."""
    claims = [
        (len(domain), platform)
        for platform in _platforms().values()
        for domain in platform.domains
        if host == domain or host.endswith(f".{domain}")
    ]
    return max(claims, key=lambda claim: claim[0])[1] if claims else None


def _in_turn(owner: Platform | None) -> Iterator[Platform]:
    if owner is not None:
        yield owner
    yield from (platform for platform in _platforms().values() if platform is not owner)


def _by_address(document: Document, owner: Platform | None) -> PageEvidence:
    """What the address alone proves, where no platform reads the page: the store of another platform, at most."""
    facts: UrlFacts | None = owner.read_url(document.final_url) if owner else None
    is_page = bool(document.page.html.strip())
    outcome, detail = refusal(document) or ("ok" if is_page else "partial", "")
    if facts is None:
        return PageEvidence(platform="other" if document.final_url.host else "none", outcome=outcome, detail=detail)
    if facts.kind == "login" and outcome in {"ok", "partial"}:
        outcome, detail = "login_wall", "a page for logging in"
    return PageEvidence(
        platform=facts.platform,
        outcome=outcome,
        detail=detail,
        state=said_state(document) if facts.kind == "item_page" and outcome == "ok" else "unknown",
        signals=_other_store(document.final_url.host, facts) if is_page and owner and not owner.inspect else (),
        item_id=facts.item_id,
        shop_id=facts.shop_id,
    )


def _other_store(host: str, facts: UrlFacts) -> tuple[Signal, ...]:
    """The marks of a shop on a platform whose shops are all of one kind here.

    It answered under the platform's own name, and at an address where the platform sells.
    """
    if facts.scope != "outbound_commerce" or facts.kind not in _SELLING:
        return ()
    return Signal("host", host, "other_store"), Signal("address", facts.kind, "other_store")
