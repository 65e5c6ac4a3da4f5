"""The coordinator's first screen: what waits for me, what is late and whose turn it is. Reads across; changes nothing."""
