"""Accounts that never lose a fen."""
