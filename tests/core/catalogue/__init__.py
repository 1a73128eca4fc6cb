"""The catalogue on both engines: editions, offerings, assignments, coverage."""
