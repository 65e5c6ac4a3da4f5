"""Institutions that are not on record yet: they ask to be added, or a project invites them."""
