"""What happened, told to whoever listens: an outbox written with the change, and revision counters."""
