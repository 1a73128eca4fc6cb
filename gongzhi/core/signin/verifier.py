"""From a bearer token to the claims that it proves.

1. size and alphabet, 2. tokens that were verified a moment ago, 3. header and claims are read without trust,
4. the issuer is the one we trust, 5. the key is one of its, and the algorithm one of that key's, 6. the signature fits,
7. times and audience hold.
"""

from collections import OrderedDict
from hashlib import sha256
from types import TracebackType

import msgspec

from gongzhi.core import clock
from gongzhi.core.settings import Settings
from gongzhi.core.signin.claims import Claims, accepted
from gongzhi.core.signin.keys import KeySource, choose
from gongzhi.core.signin.local import LocalKeys
from gongzhi.core.signin.refusals import refusal
from gongzhi.core.signin.tokens import MAX_BYTES, check_signature, read

REMEMBERED_SECONDS = 60
"""How long a verified token is taken for good, at most until it expires; a withdrawn key works no longer than this
beyond the time for which keys are fresh."""
REMEMBERED_TOKENS = 10_000


class _Remembered(msgspec.Struct, frozen=True):
    claims: Claims
    generation: int
    since: float
    until: float


class TokenVerifier:
    """Verifies the tokens of the configured issuer; without one, those of the development key and no others.

    Making it reads, and the first time writes, the development key.

    :raises Invalid: the issuer's address or the development key cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._skew = settings.clock_skew_seconds
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()
        issuer = settings.issuer
        self._source: KeySource = LocalKeys(settings) if issuer is None else _keys_of(issuer, settings)

    async def __aenter__(self) -> "TokenVerifier":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections to the issuer."""
        await self._source.aclose()

    async def verify(self, token: str) -> Claims:
        """The claims of a token (without the word `Bearer`).

        :raises Unauthenticated: it is not accepted; `details["reason"]` is one of `refusals.Reason`.
        :raises Unavailable: its issuer's keys cannot be had now.
        """
        if len(token) > MAX_BYTES:
            raise refusal("too-large")
        if not token.isascii():
            raise refusal("malformed")
        digest = sha256(token.encode("ascii")).digest()
        if claims := self._recall(digest):
            return claims
        unverified = read(token)
        if unverified.payload.iss != self._source.issuer:
            raise refusal("unknown-issuer")
        key = choose(await self._source.candidates(unverified.kid), unverified.algorithm)
        generation = self._source.generation
        check_signature(token, key, unverified.algorithm)
        claims = accepted(unverified.payload, audience=self._source.audience, skew=self._skew, now=clock.now())
        self._remember(digest, claims, generation)
        return claims

    def _recall(self, digest: bytes) -> Claims | None:
        found = self._remembered.get(digest)
        if found is None:
            return None
        if found.generation == self._source.generation and found.since <= clock.seconds() < found.until:
            self._remembered.move_to_end(digest)
            return found.claims
        del self._remembered[digest]
        return None

    def _remember(self, digest: bytes, claims: Claims, generation: int) -> None:
        now = clock.seconds()
        until = min(claims.expires_at.timestamp() + self._skew, now + REMEMBERED_SECONDS)
        self._remembered[digest] = _Remembered(claims=claims, generation=generation, since=now, until=until)
        if len(self._remembered) > REMEMBERED_TOKENS:
            self._remembered.popitem(last=False)


def _keys_of(issuer: str, settings: Settings) -> KeySource:
    # Imported only here: the HTTP client costs every start a tenth of a second, and only an issuer needs it.
    from gongzhi.core.signin.issuer import IssuerKeys

    return IssuerKeys(issuer, settings.audience, settings.jwks_url)
