"""What a refused token was told."""

import pytest

from gongzhi.core.errors import Unauthenticated
from gongzhi.core.signin import TokenVerifier


async def reason(verifier: TokenVerifier, token: str) -> object:
    """The reason for which the token is refused; fails if it is accepted or anything else is raised."""
    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(token)
    assert token not in refusal.value.message
    assert refusal.value.extensions() == {"code": "UNAUTHENTICATED", "reason": refusal.value.details["reason"]}
    return refusal.value.details["reason"]
