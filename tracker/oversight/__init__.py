"""What coordinators keep beside the record: a health line for each project, notes, and saved views."""
