"""Which institutions fit a seat, and which seats fit an institution, each with the reasons spelled out."""
