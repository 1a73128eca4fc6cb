"""The catalogue in GraphQL: items, lists and editions, offerings and assignments, coverage, changes."""
