"""Two ideas that are close: shown while one is written, and joined or merged when both sides say yes."""
