"""Which institutions fit a seat, and which seats an institution could fill: each rank says why."""
