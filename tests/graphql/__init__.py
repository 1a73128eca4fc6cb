"""The API over HTTP: what it answers, what it refuses, and what that costs."""
