"""What a token says of its holder, and whether that holds now and here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from gongzhi.core.signin.refusals import refusal

_Seconds = Annotated[float, Meta(ge=0, le=253_402_300_799)]
"""A NumericDate (RFC 7519, section 2), until the year 9999."""


class Claims(msgspec.Struct, frozen=True):
    """Who a verified token speaks for. `subject` is unique within its `issuer` only (OpenID Connect Core, 2)."""

    issuer: str
    subject: str
    audience: tuple[str, ...]
    expires_at: datetime


class Payload(msgspec.Struct, frozen=True):
    """The registered claims (RFC 7519, section 4.1) as they stand in a token; all but `nbf` and `iat` are required."""

    iss: str
    sub: Annotated[str, Meta(min_length=1, max_length=255)]
    aud: str | tuple[str, ...]
    exp: _Seconds
    nbf: _Seconds | None = None
    iat: _Seconds | None = None

    @property
    def audience(self) -> Sequence[str]:
        """The audiences; a single one may stand without its list."""
        return (self.aud,) if isinstance(self.aud, str) else self.aud


_decoder = msgspec.json.Decoder(Payload)


def read_payload(content: bytes) -> Payload:
    """The claims of a token's middle part, checked for their types only.

    :raises Unauthenticated: one is missing or of a wrong type.
    """
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise refusal("claims-not-usable") from error


def accepted(payload: Payload, *, audience: str, skew: float, now: datetime) -> Claims:
    """The claims, if they are for `audience` and hold at `now`, give or take `skew` seconds.

    :raises Unauthenticated: expired, not valid yet, or for somebody else.
    """
    moment = now.timestamp()
    if payload.exp + skew <= moment:
        raise refusal("expired")
    if max(payload.nbf or 0, payload.iat or 0) - skew > moment:
        raise refusal("not-yet-valid")
    if audience not in payload.audience:
        raise refusal("wrong-audience")
    return Claims(
        issuer=payload.iss,
        subject=payload.sub,
        audience=tuple(payload.audience),
        expires_at=datetime.fromtimestamp(payload.exp, UTC),
    )
