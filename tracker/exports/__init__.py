"""Files that take long to make: asked for on a page, made by the worker, shown with their progress, then fetched."""
