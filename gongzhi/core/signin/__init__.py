"""Who is calling: bearer tokens of an OIDC issuer, or of the local development key."""

from gongzhi.core.signin.claims import Claims
from gongzhi.core.signin.local import issue_token
from gongzhi.core.signin.verifier import TokenVerifier

__all__ = ["Claims", "TokenVerifier", "issue_token"]
