"""How a person comes in: first set-up, invitations, passwords, one-time links, and their own profile."""
