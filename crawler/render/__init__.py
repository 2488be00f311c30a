"""Render: open a page as a person would and hand on everything it showed, fetched and opened."""
