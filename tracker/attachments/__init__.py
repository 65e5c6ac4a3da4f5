"""The files of a project: on notes and milestones, within its quota, deleted with a trace that stays."""
