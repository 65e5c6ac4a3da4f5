"""The page of one project: reads across its text, partners, terms, plan, notes, reports and history."""
