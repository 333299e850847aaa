"""How migrations run (R380): many new tables made in one step.

Django draws every model that hangs together with the one an operation touches again after each operation. In a base
where nearly all tables hang together that is the square of their number: a minute and a half for a bare machine's first
start. One operation made of many is drawn once.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class Together(Operation):
    """New models and their triggers, applied as one.

    Each operation works on the state all of them lead to, so a table is made in its last form: fields, indexes and
    constraints stand in the models themselves.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        if any(isinstance(operation, AddField | AddIndex | AddConstraint) for operation in operations):
            raise TypeError("Fields, indexes and constraints stand in the models made together.")
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Say how to make this operation again: its class, no positional and one named argument."""
        return (self.__class__.__qualname__, [], {"operations": self.operations})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add everything to a state whose models are not drawn; who asks for them next draws them once."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make all of it in the order given; links between tables are made at the end of the migration."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take all of it away, last first; every operation sees the state in which all of it stands."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self) -> str:
        """Say how many are made."""
        return f"Create {len(self.operations)} models and triggers together"

    @property
    def migration_name_fragment(self) -> str:
        """Name a migration that has only this operation."""
        return "together"
