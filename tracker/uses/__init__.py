"""What came of a report: each piece of evidence that it was used, with its day, words and a link or file."""
