"""A project that looks for partners is a call: its dates, public questions and answers, and who keeps it in mind."""
