"""How an institution becomes a member of a network and leaves it: either asks, the other answers."""
