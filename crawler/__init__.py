"""Cartwatch finds outbound shop links in live commerce and judges them by a policy.

The flow; each step is a file of its name, each shelf a folder of plug-ins:

    targets   what to look at                         -> Target
    spiders/  one file per surface                    -> Request
    render    open the page as a person would         -> Page
    extract   extractors/  outbound links of a page   -> Sighting
    resolve   follow each link to its end             -> Resolution (hops)
    classify  platforms/   whose shop is that         -> Destination
    storage/  keep the facts
    evaluate  rules/ + a policy  is that allowed      -> Verdict -> Violation

``crawl`` writes facts, ``evaluate`` reads facts and writes verdicts; facts are never edited by evaluating.
"""

__version__ = "0.1.0"
