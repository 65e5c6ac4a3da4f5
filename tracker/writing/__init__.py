"""Writing a report together: sections written here, each with a partner that answers for it, and who holds the pen."""
