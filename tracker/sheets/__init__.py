"""Excel there and back: a plan, the list of projects or a month's answers filled in offline, shown before applied."""
