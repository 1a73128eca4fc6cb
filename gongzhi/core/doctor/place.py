"""What is beside the database: settings, keys, policy files, plugins, backups."""

import os
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from gongzhi.core import clock
from gongzhi.core.backup.taking import last_of
from gongzhi.core.db.address import parse
from gongzhi.core.doctor.finding import Checked, Findings
from gongzhi.core.errors import Invalid
from gongzhi.core.host import Host
from gongzhi.core.permissions import load
from gongzhi.core.settings import Settings
from gongzhi.core.signin.local import default_path, signing_key

OLD_BACKUP = timedelta(days=2)


def settings_in_force(settings: Settings) -> Findings:
    """What the server would refuse to start with."""
    checked = Checked("settings")
    for problem in settings.unsafe():
        place = f"{problem.field}: " if problem.field else ""
        checked.error(f"{place}{problem.message}; the server refuses to start", problem.remedy or "correct it")
    if settings.demo:
        checked.note("the demo is on: everybody knows its accounts", "set demo = false for anything of your own")
    if not settings.background:
        checked.note("this server delivers no events and meets no deadlines", "keep `gongzhi worker` running")
    return checked.findings("safe to start with")


def keys(settings: Settings) -> Findings:
    """Whether the development key can be used, and by its owner alone."""
    checked = Checked("keys")
    if settings.issuer is not None:
        return checked.findings(f"{settings.issuer} signs tokens; no key is kept here")
    given = settings.signing_key
    inline = given is not None and given.lstrip().startswith("-----BEGIN")
    path = Path(given) if given is not None else default_path(settings)
    if given is None and not path.exists():
        return checked.findings(f"{path} is made at the first start")
    try:
        signing_key(settings)
    except Invalid as error:
        checked.refused(error, "correct signing_key")
    if not inline and path.parent.exists() and path.parent.stat().st_mode & 0o022:
        checked.warning(
            f"others may write into {path.parent}, and so replace the signing key", f"run `chmod go-w {path.parent}`"
        )
    return checked.findings("the signing key is its owner's alone")


def policy(settings: Settings, host: Host, known_paths: Collection[str] | None) -> Findings:
    """Whether the policy files are good."""
    checked = Checked("policy")
    directory = Path(settings.policies) if settings.policies is not None else None
    name = str(directory) if directory else "the shipped policy"
    try:
        snapshot = load(directory, host.vocabulary(), known_paths, plugins=host.policies())
    except Invalid as error:
        checked.refused(error, f"correct {name}; `gongzhi policy check` tells when it is good")
        return checked.findings("")
    return checked.findings(f"{name} holds, revision {snapshot.revision}")


def plugins(host: Host) -> Findings:
    """Whether every plugin is at work."""
    checked = Checked("plugins")
    for failed in host.failures:
        checked.error(
            f"{failed.id} is switched off: {failed.reason}",
            f"correct or update it (`gongzhi plugin check {failed.id}`), or name it in plugins_disabled",
        )
    return checked.findings(f"{len(host.plugins)} are at work")


def backups(settings: Settings) -> Findings:
    """How old the last backup is, as far as it was taken with `gongzhi backup`."""
    checked = Checked("backup")
    address = parse(settings.database)
    if address.dialect != "sqlite":
        checked.note("PostgreSQL is backed up by its own tools; nothing is known of it here", "see docs/backup.md")
        return checked.findings("not looked at")
    remedy = "run `gongzhi backup FILE`, every day, to another disk"
    last = last_of(Path(address.target))
    if last is None:
        checked.warning("no backup was taken: what is lost now is lost", remedy)
        return checked.findings("")
    age = clock.now() - last.at
    told = f"the last backup, {last.file}, is {age.days} days and {age.seconds // 3600} hours old"
    if age > OLD_BACKUP:
        checked.warning(f"{told}: what came since would be lost", remedy)
    if not os.path.exists(last.file):
        checked.warning(f"{last.file}, the last backup, is not there any more", remedy)
    return checked.findings(told)
