"""Executing operations by plans: the same answers as graphql-core's executor gives, in a fraction of its time.

What an operation selects is planned once for a document and kept with it (`planning`), and so is what there is to know
of its variables (`variables`) and of each field's arguments and guards (`arguments`). Plain attributes, and lists and
objects made of them, become one compiled function for each object type (`projection`); what needs a resolver is done
for all rows of a level at once (`running`), so that a level of look-ups by key is one look-up. Items of published
editions, which never change, are completed once for a selection (`memo`). A query is executed by plan from its top; a
mutation's own fields are graphql-core's, which calls each once and in order.

A plan knows only how things go well. Whatever else it meets (an error, a null where none may be, a value of another
kind) ends it, and graphql-core does the same from the start, with the right errors at the right places: the resolvers
of queries, and those below the top of a mutation, only read, so that they may be asked again. From then on the
operation is executed without plans, so that nothing is tried more than twice.
"""

from gongzhi.graphql.executor.planned import PlannedExecutor
from gongzhi.graphql.executor.planning import Planner, Plans

__all__ = ["PlannedExecutor", "Planner", "Plans"]
