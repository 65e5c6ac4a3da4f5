"""The text of a report while it is written: numbered drafts, sections written here, and who holds the pen."""
