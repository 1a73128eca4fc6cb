from collections.abc import AsyncIterator, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gongzhi.core.signin import TokenVerifier
from tests.core.signin.issuer import Issuer, PrivateKey, jwk


@pytest.fixture(scope="session")
def private_keys() -> dict[str, PrivateKey]:
    """One key of each type, under the id that the issuer publishes it by."""
    return {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "p521": ec.generate_private_key(ec.SECP521R1()),
        "ed": Ed25519PrivateKey.generate(),
    }


@pytest.fixture
def issuer(private_keys: dict[str, PrivateKey]) -> Iterator[Issuer]:
    issuer = Issuer()
    issuer.keys = [jwk(key, kid) for kid, key in private_keys.items()]
    yield issuer
    issuer.stop()


@pytest.fixture
async def verifier(issuer: Issuer) -> AsyncIterator[TokenVerifier]:
    async with TokenVerifier(issuer.settings) as verifier:
        yield verifier
