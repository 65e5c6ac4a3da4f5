"""What a person hears of and when: reminders and news gathered into one mail, and the way to stop it."""
