"""Review rounds: who is asked to read a draft by a day, what they say to it, and the answer to each comment."""
