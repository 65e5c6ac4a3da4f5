"""`python -m tracker` does what the command `tracker` does."""

from tracker.cli import main

main()
