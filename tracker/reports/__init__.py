"""What a project leaves behind: the record of a report, its authors, its file, its publication."""
