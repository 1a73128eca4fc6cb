"""Signatures as the Standard Webhooks specification, version 1.0.0, says: symmetric, `v1`."""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime


def headers(event_id: str, moment: datetime, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers of a delivery; one signature for each key, the newest first.

    The id is the event's and stays the same however often it is sent; `moment` is that of the attempt.
    """
    seconds = str(int(moment.timestamp()))
    signed = b".".join((event_id.encode("ascii"), seconds.encode("ascii"), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii") for key in keys)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
