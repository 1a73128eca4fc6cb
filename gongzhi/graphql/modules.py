"""The plugins: which there are, and why one is not at work."""

import strawberry

from gongzhi.core.host import State, Status
from gongzhi.graphql.access import Needs
from gongzhi.graphql.context import Info
from gongzhi.graphql.fields import field, object_type, present, public

REASON = Needs("permissions.policy", "read")


@object_type(Status)
class Module:
    """A plugin: a module that adds lists, records, permissions and fields to the core."""

    id: str = public("Its id: the name of its folder, tables and permissions.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")
    version: str = public("Its version; empty where it could not be loaded.")
    source: str = public("Built-in, or the installed package that brings it.")
    state: State = public("Whether it is at work.")
    reason: str | None = field("Why it is not at work; empty where it is. For those who may read the policy.", REASON)


@strawberry.type
class ModuleQuery:
    """The plugins."""

    @public("Every plugin that was found, by id, also those that are not at work.")
    def modules(self, info: Info) -> list[Module]:
        """Of this worker."""
        return present(info.context.services.host.statuses)
