"""Who did what on which authority: an append-only log, written with the change itself."""
