"""Numbered drafts of a report: brought as a file or put together here, read in the browser, compared."""
