"""Pictures of time: a project's milestones, all projects of a coordinator a row each, the share on time by month."""
