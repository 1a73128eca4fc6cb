"""Places and their history, on both engines."""
