"""Arguments that several fields take, with their descriptions."""

from datetime import date
from typing import Annotated

from gongzhi.graphql.fields import about

PathArgument = Annotated[str, about("A territory path, such as /futian/nanyuan/dongyuan.")]
Within = Annotated[str | None, about("Only at this territory path or below it.")]
On = Annotated[date | None, about("As it was or will be on this day; today if left out.")]
CodeArgument = Annotated[str, about("The stable code.")]
SlugArgument = Annotated[str, about("The list's slug, such as basic-services.")]
ListArgument = Annotated[str | None, about("Only of the list with this slug.")]
ItemArgument = Annotated[str | None, about("Only of the item with this code.")]
OrganizationArgument = Annotated[str | None, about("Only of the organization with this code.")]
IncludeClosed = Annotated[bool, about("Also those that have ended or have not begun on the day.")]
