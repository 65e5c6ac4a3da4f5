"""The plan of a project: dated milestones from a template, what slipped and why, and progress in words."""
