"""Search over items in memory."""
