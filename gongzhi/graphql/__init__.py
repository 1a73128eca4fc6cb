"""The GraphQL API over core: types, building blocks, and the endpoint. No domain logic.

access, fields, relay, mutations    the building blocks, which plugins use too
territory, actors, catalogue, ...   the core's types, named after the core folders
schema                              puts the parts together
errors, documents, http             from the wire to the schema and back
"""
