"""The planned executor against graphql-core's own, on the same documents, data and callers.

`both` executes a document both ways and compares; `documents` are those that tests, pages and examples hold; `walking`
writes random ones, with values that really exist from `values`. `python -m tests.graphql.differential` does it at
length.
"""
