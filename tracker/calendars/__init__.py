"""Milestones and events in the calendar of whoever subscribes: iCalendar feeds at secret addresses (RFC 5545)."""
