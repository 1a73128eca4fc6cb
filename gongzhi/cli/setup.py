"""`gongzhi setup`: the first records of a new database, after which everything else is done over the API."""

import click

from gongzhi.cli.session import run, say
from gongzhi.cli.workplace import working
from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.commands import Appoint, CreateAccount, CreateOrganization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind, Position
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.settings import Settings
from gongzhi.core.signin.local import ISSUER
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.records import CreateTerritory, Level
from gongzhi.core.territory.tables import Territory


@click.command()
@click.option("--district", "slug", required=True, metavar="SLUG", help="The district's path, without a slash: futian.")
@click.option("--name", required=True, help="The district's name in Chinese.")
@click.option("--name-en", default="", help="The district's name in English.")
@click.option("--admin", required=True, metavar="CODE", help="The code of the first administrator's account.")
@click.option("--admin-name", required=True, help="The administrator's name.")
@click.option("--subject", help="`sub` of the administrator's tokens; the account's code where the local key signs.")
def setup(slug: str, name: str, name_en: str, admin: str, admin_name: str, subject: str | None) -> None:
    """Enter the district, its office and its first administrator.

    Works on a migrated database without any territory. Everything is entered, or nothing.
    """
    settings = Settings.load()
    if settings.issuer is not None and subject is None:
        raise Invalid.at("subject", f"{settings.issuer} knows the administrator by a subject", "give it with --subject")
    district = CreateTerritory(code=slug, slug=slug, level=Level.district, name=name, name_en=name_en)
    office = CreateOrganization(
        code=f"{slug}-office",
        kind=ActorKind.department,
        subkind=OrganizationSubkind.district_office,
        name=f"{name}管理办公室"[:120],
        name_en=f"{name_en} administration office" if name_en else "",
        path=f"/{slug}",
    )
    person = CreateAccount(
        code=admin, name=admin_name, issuer=settings.issuer or ISSUER, subject=subject if subject is not None else admin
    )
    run(_enter(settings, district, office, person))
    say(f"{name} has an administrator: {admin}, in {office.code}.")
    if settings.issuer is None:
        say(f"Sign in with `gongzhi token issue --account {admin}`.")


async def _enter(
    settings: Settings, district: CreateTerritory, office: CreateOrganization, person: CreateAccount
) -> None:
    async with working(settings) as (database, _), database.transaction():
        if await Territory.exists():
            raise Conflict("This database has a territory already; its administrators enter everything else.")
        await territory.create(SYSTEM, district)
        await organizations.create(SYSTEM, office)
        await accounts.create(SYSTEM, person)
        post = Appoint(account=person.code, organization=office.code, position=Position.administrator)
        await memberships.appoint(SYSTEM, post)
