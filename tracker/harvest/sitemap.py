"""The sitemap: what anybody may read, for search engines (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from tracker.harvest.words import put, written

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SPAN = 10_000  # numbers of rows in one file; the protocol allows 50,000


def index(addresses: Iterable[str]) -> bytes:
    """The list of files."""
    root = etree.Element(f"{{{NAMESPACE}}}sitemapindex", nsmap={None: NAMESPACE})
    for address in addresses:
        put(put(root, f"{{{NAMESPACE}}}sitemap"), f"{{{NAMESPACE}}}loc", address)
    return written(root)


def pages(rows: Iterable[tuple[str, datetime | None]]) -> bytes:
    """One file: addresses, and when each last changed."""
    root = etree.Element(f"{{{NAMESPACE}}}urlset", nsmap={None: NAMESPACE})
    for address, changed in rows:
        page = put(root, f"{{{NAMESPACE}}}url")
        put(page, f"{{{NAMESPACE}}}loc", address)
        if changed is not None:
            put(page, f"{{{NAMESPACE}}}lastmod", f"{changed:%Y-%m-%dT%H:%M:%SZ}")
    return written(root)
