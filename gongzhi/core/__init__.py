"""The domain that every module stands on; imports neither GraphQL nor a plugin."""
