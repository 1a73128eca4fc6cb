"""What the server offers beside GraphQL."""
