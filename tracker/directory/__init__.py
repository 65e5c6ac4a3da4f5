"""Public pages that read across: institutions, people, networks, themes, and one search over everything."""
