"""The coordinator's first screen: what waits, what is late and whose turn it is. Reads across; changes nothing."""
