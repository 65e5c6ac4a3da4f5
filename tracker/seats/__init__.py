"""What a project still looks for: a task, in a country or region, in a language, and which partner fills it."""
