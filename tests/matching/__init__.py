"""Ranking institutions for a seat, and seats for an institution."""
