"""Processes that deliver, and are killed."""
