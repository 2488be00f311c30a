"""The sample world: pages of every surface and shop under their true host names, and the truth about them."""

from crawler.sample.compare import Comparison, compare
from crawler.sample.world import SampleWorld, serve, serve_in_thread

__all__ = ["Comparison", "SampleWorld", "compare", "serve", "serve_in_thread"]
