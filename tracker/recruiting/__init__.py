"""How partners come in and go: the lead invites an institution, or an institution offers; the other side answers."""
