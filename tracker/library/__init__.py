"""The public library: published reports to find, read, cite and take along."""
