"""Pictures of plans, drawn on the server: when what was promised and is due, and how much of it came on time."""
