"""What a study leaves behind: the record of a report, its authors, its file, its publication."""
