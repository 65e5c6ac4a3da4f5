"""Finding by words, in any script and on both databases.

What can be found (a project, an institution, a report) hands its texts to `index.put`; `index.matching` gives
the ids whose texts hold all the words asked for. Texts and questions are cut into words here, in Python, so
that SQLite (FTS5) and PostgreSQL (tsvector) give the same answers.
"""
