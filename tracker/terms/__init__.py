"""The non-binding understanding of a project: numbered versions, each confirmed by every partner institution."""
