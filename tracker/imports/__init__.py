"""Lists from elsewhere: institutions (CSV) and projects (JSON) become records, and every row is answered for."""
