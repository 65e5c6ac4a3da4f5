"""The research agenda: a tree of themes that coordinators keep, each linked to Sustainable Development Goals."""
