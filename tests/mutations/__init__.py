"""Every mutation of the schema, each shown to be whole: its rows, its audit line and its event, or nothing of it."""
