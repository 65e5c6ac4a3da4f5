"""What waits for whom: one question, its possible answers, a link that answers without an account, reminders."""
