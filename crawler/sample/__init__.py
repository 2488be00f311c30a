"""The sample world: pages of every surface and shop under their true host names, and the truth about them."""
