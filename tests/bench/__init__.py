"""How fast the tracker is, and whether it stays so as it fills: `python3 run.py bench`. Figures, never asserts."""
