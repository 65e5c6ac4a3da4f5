"""Who did what for a report, as each says of themselves, and who approves it: this text and this order."""
