"""Service lists in editions, their items, and who offers or performs them where."""
