"""A project's story from the first idea to the report and what came of it, on one page that prints."""
