"""The plan as one table, what must come before what, and templates made from projects that went well."""
