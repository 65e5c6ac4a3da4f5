"""Who answers for an institution: whether somebody works there, who takes a contact's place, who hands it over."""
