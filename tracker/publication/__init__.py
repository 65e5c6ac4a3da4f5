"""What is made of a report whose text is here: a page to read, PDF, Word and EPUB."""
