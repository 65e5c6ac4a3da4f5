"""Records of reports that exist already, read from BibTeX, RIS and CSL-JSON files."""
