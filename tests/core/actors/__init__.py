"""Organizations, accounts and memberships, on both engines."""
