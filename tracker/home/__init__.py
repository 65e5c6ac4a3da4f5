"""The front page for everyone, and each person's own work. Reads across; changes nothing."""
