"""Backups of a SQLite database, taken while it serves, and put back. PostgreSQL is backed up by its own tools."""
