"""What the server offers beside GraphQL: pages to look at, health, and errors outside GraphQL."""
