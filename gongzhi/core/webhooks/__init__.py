"""Webhooks: events sent to other systems over HTTP, signed, as the Standard Webhooks specification says.

A webhook belongs to an organization and has a role in it: it is told of what that role may read there, at a territory
path and below. What is sent says that a record changed, and not how; whoever wants more asks the API, with rights of
their own.
"""
