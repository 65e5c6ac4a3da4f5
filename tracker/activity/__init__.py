"""What happened: one row for each change, the public content's revision, and the outbox of mails owed."""
