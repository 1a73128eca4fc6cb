"""What core lets callers change: one declaration for each mutation, in the order of the catalogue's life."""

from typing import Any

from gongzhi.core.actors import accounts, erasure, memberships, mergers, organizations
from gongzhi.core.actors import commands as actors
from gongzhi.core.catalogue import assignments, editing, editions, offerings, reading
from gongzhi.core.catalogue import commands as catalogue
from gongzhi.core.territory import lineage, service
from gongzhi.core.territory import records as places
from gongzhi.graphql import webhooks
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.catalogue.items import Item
from gongzhi.graphql.catalogue.lists import Edition
from gongzhi.graphql.catalogue.offerings import Assignment, Disposition, Offering
from gongzhi.graphql.catalogue.overview import ItemChange
from gongzhi.graphql.context import Context
from gongzhi.graphql.mutations import Mutation, of_caller
from gongzhi.graphql.people import Account, Membership
from gongzhi.graphql.territory import Territory

EDITION, ITEM = {"edition": Edition}, {"item": Item}
IMPORTED = {"edition": Edition, "added": list[str], "removed": list[str], "changed": list[ItemChange]}
IMPORT_MEANINGS = {
    "added": "Codes that only the file has.",
    "removed": "Codes that only the draft had.",
    "changed": "What both have and differs.",
}


async def put_item(context: Context, command: catalogue.PutItem) -> Any:
    """The item with its version, as its type reads it."""
    return reading.versioned(*await editing.put_item(context.principal, context.catalogue, command))


async def import_file(context: Context, command: catalogue.ImportFile) -> Any:
    """The edition and the difference."""
    edition, found = await editing.import_file(context.principal, context.catalogue, command)
    return edition, found.added, found.removed, found.changed


def reading_catalogue(use_case: Any) -> Any:
    """A use case that also reads the catalogue."""
    return lambda context, command: use_case(context.principal, context.catalogue, command)


def _edition(name: str, command: type, action: str, perform: Any, description: str) -> Mutation:
    return Mutation(name, command, editions.RESOURCE, action, perform, EDITION, description)


CATALOGUE = (
    _edition(
        "draftEdition",
        catalogue.DraftEdition,
        "draft",
        reading_catalogue(editions.draft),
        "Open a draft of a list, with the items of an earlier edition. A list has one open edition at a time.",
    ),
    Mutation(
        "putItem",
        catalogue.PutItem,
        editions.RESOURCE,
        "edit",
        put_item,
        ITEM,
        "Add an item to a draft, or replace the one of its code.",
    ),
    _edition(
        "removeItem",
        catalogue.RemoveItem,
        "edit",
        reading_catalogue(editing.remove_item),
        "Take an item out of a draft.",
    ),
    Mutation(
        "importItems",
        catalogue.ImportFile,
        editions.RESOURCE,
        "import",
        import_file,
        IMPORTED,
        "Replace the items of a draft by those of a CSV, XLSX or YAML file. Every problem is reported at once, by "
        "sheet, row and column, and then nothing is imported. `dryRun` shows the difference and changes nothing.",
        IMPORT_MEANINGS,
    ),
    _edition(
        "submitEdition",
        catalogue.StepEdition,
        "submit",
        of_caller(editions.submit),
        "Hand a draft in for review; what is wrong with it is said all at once.",
    ),
    _edition(
        "returnEdition",
        catalogue.ReturnEdition,
        "return",
        of_caller(editions.send_back),
        "Send an edition in review back to its editors, saying why.",
    ),
    _edition(
        "publishEdition",
        catalogue.PublishEdition,
        "publish",
        reading_catalogue(editions.publish),
        "Publish a reviewed edition. It never changes again; a correction is a new edition.",
    ),
    _edition(
        "withdrawEdition",
        catalogue.WithdrawEdition,
        "withdraw",
        reading_catalogue(editions.withdraw),
        "Withdraw a published edition from a day on; the one before it is in force again.",
    ),
    Mutation(
        "createOffering",
        catalogue.CreateOffering,
        offerings.RESOURCE,
        "create",
        reading_catalogue(offerings.create),
        {"offering": Offering},
        "Offer an item in force at a place, by an organization that serves it.",
    ),
    Mutation(
        "updateOffering",
        catalogue.UpdateOffering,
        offerings.RESOURCE,
        "update",
        of_caller(offerings.revise),
        {"offering": Offering},
        "Change, suspend, resume or close an offering.",
    ),
    Mutation(
        "createAssignment",
        catalogue.CreateAssignment,
        assignments.ASSIGNMENT,
        "create",
        reading_catalogue(assignments.assign),
        {"assignment": Assignment},
        "Let an organization perform a function or task at a place.",
    ),
    Mutation(
        "endAssignment",
        catalogue.EndAssignment,
        assignments.ASSIGNMENT,
        "end",
        of_caller(assignments.end),
        {"assignment": Assignment},
        "Let an assignment end.",
    ),
    Mutation(
        "recordDisposition",
        catalogue.RecordDisposition,
        assignments.DISPOSITION,
        "record",
        of_caller(assignments.dispose),
        {"disposition": Disposition, "assignment": Assignment},
        "Record what was decided about a task. Unless it is kept, the assignment ends and the target's begins.",
    ),
)


def _place(name: str, command: type, action: str, perform: Any, results: Any, description: str) -> Mutation:
    return Mutation(name, command, service.RESOURCE, action, of_caller(perform), results, description)


ONE_PLACE = {"territory": Territory}
TERRITORY = (
    _place("createTerritory", places.CreateTerritory, "create", service.create, ONE_PLACE, "Enter a new place."),
    _place(
        "updateTerritory",
        places.UpdateTerritory,
        "update",
        service.revise,
        ONE_PLACE,
        "Correct a place's names, population or note.",
    ),
    _place(
        "closeTerritory",
        places.CloseTerritory,
        "close",
        service.close,
        ONE_PLACE,
        "Let a place end on a day; it stays readable.",
    ),
    _place(
        "splitTerritory",
        places.SplitTerritory,
        "split",
        lineage.split,
        {"territories": list[Territory]},
        "Split a place into several; it ends and stays readable.",
    ),
    _place(
        "mergeTerritories",
        places.MergeTerritories,
        "merge",
        lineage.merge,
        ONE_PLACE,
        "Merge places into an existing one; they end and stay readable.",
    ),
)


def _actor(name: str, command: type, action: str, perform: Any, description: str) -> Mutation:
    results = {"organization": Organization}
    return Mutation(name, command, organizations.RESOURCE, action, of_caller(perform), results, description)


def _account(name: str, command: type, action: str, perform: Any, description: str) -> Mutation:
    return Mutation(name, command, accounts.RESOURCE, action, of_caller(perform), {"account": Account}, description)


def _post(name: str, command: type, action: str, perform: Any, description: str) -> Mutation:
    results = {"membership": Membership}
    return Mutation(name, command, memberships.RESOURCE, action, of_caller(perform), results, description)


ACTORS = (
    _actor("createOrganization", actors.CreateOrganization, "create", organizations.create, "Enter an organization."),
    _actor(
        "updateOrganization",
        actors.UpdateOrganization,
        "update",
        organizations.revise,
        "Correct an organization's names or contact.",
    ),
    _actor(
        "setServiceAreas",
        actors.SetServiceAreas,
        "update",
        organizations.set_service_areas,
        "Say which places an organization serves from a day on.",
    ),
    _actor(
        "mergeOrganizations",
        actors.MergeOrganizations,
        "merge",
        mergers.merge,
        "Merge organizations into one of their kind, which serves their places from the day on; they stay readable.",
    ),
    _actor(
        "dissolveOrganization",
        actors.DissolveOrganization,
        "dissolve",
        mergers.dissolve,
        "Let an organization end on a day, with the posts in it.",
    ),
    _account(
        "createAccount", actors.CreateAccount, "create", accounts.create, "Open an account, without any post yet."
    ),
    _account("updateAccount", actors.UpdateAccount, "update", accounts.revise, "Correct an account, or one's own."),
    _account(
        "setAccountStatus",
        actors.SetAccountStatus,
        "update",
        accounts.set_status,
        "Suspend an account, or admit it again.",
    ),
    _account(
        "bindIdentity",
        actors.BindIdentity,
        "update",
        accounts.bind,
        "Let whoever signs in with an identity be this account.",
    ),
    _account("eraseAccount", actors.EraseAccount, "erase", erasure.erase, "Remove a person's data for ever."),
    _post("appoint", actors.Appoint, "create", memberships.appoint, "Give an account a post for a term."),
    _post("endMembership", actors.EndMembership, "end", memberships.end, "Let a post end on a day."),
)

MUTATIONS = (*CATALOGUE, *TERRITORY, *ACTORS, *webhooks.MUTATIONS)
