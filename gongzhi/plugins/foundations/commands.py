"""What callers say about funds, donations and grants."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.api import Code, Fen, Name, NameEn, Path, Provenance, Version, node
from gongzhi.plugins.foundations.kinds import FundKind

AccountCode = Annotated[str, Meta(max_length=64, description="The code of an account.")]
FundId = Annotated[UUID, node("CommunityFund", "The fund.")]
Purpose = Annotated[str, Meta(min_length=1, max_length=160, pattern=r"\S", description="What the money is for.")]
Title = Annotated[str, Meta(min_length=1, max_length=160, pattern=r"\S", description="In a few words.")]
Origin = Annotated[Provenance, Meta(description="Where the record comes from.")]


class OpenFund(msgspec.Struct, frozen=True, kw_only=True):
    """Open a foundation, or a named fund of one. Of its signers, `signatures` must sign each grant."""

    code: Code
    kind: Annotated[FundKind, Meta(description="A foundation, or a named fund within one.")]
    name: Name
    name_en: NameEn = ""
    path: Path
    organization: Annotated[str, Meta(max_length=64, description="The code of who runs it.")] | None = None
    parent: FundId | None = None
    purpose: Annotated[str, Meta(max_length=400, description="What it is there for.")] = ""
    signers: Annotated[tuple[AccountCode, ...], Meta(min_length=1, max_length=20, description="Who may sign grants.")]
    signatures: Annotated[int, Meta(ge=1, le=20, description="How many of them must sign a grant.")]
    provenance: Origin = Provenance.official


class PledgeDonation(msgspec.Struct, frozen=True, kw_only=True):
    """Enter what somebody promised to give; with a purpose, for that alone."""

    fund: FundId
    donor: Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S", description="Who gives. Guarded.")]
    donor_account: AccountCode | None = None
    anonymous: Annotated[bool, Meta(description="The public is not told who gives.")] = False
    amount: Fen
    purpose: Purpose | None = None
    provenance: Origin = Provenance.official


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S", description="Why.")]


class ProposeGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Propose a grant; with a purpose, from the money given for it, else from money given for any."""

    fund: FundId
    title: Title
    grantee: Annotated[str, Meta(min_length=1, max_length=160, pattern=r"\S", description="Who gets the money.")]
    amount: Fen
    purpose: Purpose | None = None
    provenance: Origin = Provenance.official


class SignGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Sign a reviewed grant; the last signature that is needed approves it."""

    grant: Annotated[UUID, node("FundGrant", "The grant.")]
    version: Version


class Pay(msgspec.Struct, frozen=True, kw_only=True):
    """An instalment."""

    amount: Fen


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the money."""

    report: Annotated[str, Meta(min_length=1, max_length=8000, pattern=r"\S", description="What came of the money.")]
