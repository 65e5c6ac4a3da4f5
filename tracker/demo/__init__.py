"""An invented network with a history, to try everything out. No institution, person or study in it is real."""
