"""Two records of one institution become one, with everything that pointed to either."""
