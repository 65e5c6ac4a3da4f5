"""What a study leaves behind: the bibliographic record of a report, its authors, its file, its publication."""
