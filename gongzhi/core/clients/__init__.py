"""Applications that ask: API clients with their keys, and the documents that are trusted to be asked."""
