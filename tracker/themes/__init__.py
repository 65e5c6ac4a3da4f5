"""The research agenda: a tree of themes that coordinators keep, linked to Sustainable Development Goals."""
