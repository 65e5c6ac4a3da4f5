"""Where partners, seats and members are: points on coastlines, and the same as a list."""
