"""Organizations of every kind, the accounts of people, and the memberships that join them for a term."""
