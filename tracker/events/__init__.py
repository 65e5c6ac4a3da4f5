"""Meetings where projects are shaped or shown: when, where, who took part, which projects and reports."""
