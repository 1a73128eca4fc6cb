"""The development key: one file, one owner, and no word to say once an issuer is configured."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gongzhi.core import clock
from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings
from gongzhi.core.signin import TokenVerifier, issue_token
from gongzhi.core.signin.local import LONGEST, signing_key
from tests.core.signin.issuer import Issuer
from tests.core.signin.refused import reason

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path / 'gongzhi.sqlite'}")


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def fields(error: Invalid) -> list[str | None]:
    return [problem.field for problem in error.problems]


async def test_a_local_token_speaks_for_its_account_until_it_expires(settings: Settings) -> None:
    with clock.frozen(NOW):
        token = issue_token(settings, "zhang", timedelta(hours=1))
        claims = await TokenVerifier(settings).verify(token)
    assert (claims.issuer, claims.subject, claims.expires_at) == ("gongzhi-local", "zhang", NOW + timedelta(hours=1))
    with clock.frozen(NOW + timedelta(hours=2)):
        assert await reason(TokenVerifier(settings), token) == "expired"


async def test_a_local_token_of_another_machine_is_refused(settings: Settings) -> None:
    token = issue_token(Settings(signing_key=pem(Ed25519PrivateKey.generate())), "zhang")
    assert await reason(TokenVerifier(settings), token) == "unknown-key"


async def test_with_an_issuer_the_local_key_neither_signs_nor_is_accepted(settings: Settings, issuer: Issuer) -> None:
    token = issue_token(settings, "zhang")
    configured = Settings(database=settings.database, issuer=issuer.url, audience="gongzhi")
    with pytest.raises(Invalid) as refused:
        issue_token(configured, "zhang")
    assert fields(refused.value) == ["issuer"]
    async with TokenVerifier(configured) as verifier:
        assert await reason(verifier, token) == "unknown-issuer"


def test_the_key_is_made_once_for_its_owner_alone(settings: Settings, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = {key.public_key().public_bytes_raw() for key in threads.map(signing_key, [settings] * 16)}
    assert len(keys) == 1
    folder = tmp_path / ".gongzhi"
    assert [path.name for path in folder.iterdir()] == ["signing_key.pem"]
    assert (folder / "signing_key.pem").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_key_that_others_may_read_is_refused_and_not_replaced(settings: Settings, tmp_path: Path) -> None:
    signing_key(settings)
    path = tmp_path / ".gongzhi/signing_key.pem"
    content = path.read_bytes()
    path.chmod(0o644)
    with pytest.raises(Invalid, match=r"others may read .* \(run `chmod 600"):
        signing_key(settings)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", pem(ec.generate_private_key(ec.SECP256R1())).encode()],
    ids=["empty", "garbage", "of another kind"],
)
def test_a_file_that_holds_no_such_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Invalid) as refused:
        signing_key(Settings(signing_key=str(path)))
    assert fields(refused.value) == ["signing_key"]
    assert path.read_bytes() == content


def test_a_named_key_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(Invalid, match="No such file"):
        signing_key(Settings(signing_key=str(path)))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)])
def test_a_lifetime_out_of_bounds_is_refused(settings: Settings, lifetime: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        issue_token(settings, "zhang", lifetime)
    assert fields(refused.value) == ["lifetime"]


@pytest.mark.parametrize("code", ["", "x" * 256])
def test_a_code_that_is_none_is_refused(settings: Settings, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        issue_token(settings, code)
    assert fields(refused.value) == ["account"]
