"""The sample world: pages of every surface and shop under their true host names, and the truth about them.

    declaration rooms       what there is: every page, and on each page its links, as tables
    drafts carriers share_texts     how a page holds a link
    trips ways jumps dead_ends wrappers     how a link leads to its item
    goods shops *_pages     whose item it is, and what its page shows
    kuaishou states carts   the pages themselves; cart.js draws their carts in the browser
    planting notes truth    grow all of it, and note what is true
    web websocket proxy     serve it; a host outside the world cannot be reached
    compare                 hold what a run observed against the truth

``async with SampleWorld() as world`` (or ``with serve_in_thread() as world``) opens it on loopback, as an HTTP proxy at
``world.proxy_url``; ``world.targets`` are the pages as a person would paste them, ``world.truth`` what is to be found.
"""

from crawler.sample.compare import Comparison, compare
from crawler.sample.world import SampleWorld, serve, serve_in_thread

__all__ = ["Comparison", "SampleWorld", "compare", "serve", "serve_in_thread"]
