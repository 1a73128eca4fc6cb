"""Idempotency keys: a request that is sent again is answered again, and not carried out again."""
