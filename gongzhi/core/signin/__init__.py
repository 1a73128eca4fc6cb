"""Who is calling: bearer tokens of an OIDC issuer, or of the local development key."""
