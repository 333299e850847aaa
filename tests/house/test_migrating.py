"""Migrations made of many operations at once: forward, back, and written down again."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from salescrm.base.migrating import Together

pytestmark = pytest.mark.django_db


def two_that_point_at_each_other() -> Together:
    return Together(
        operations=[
            migrations.CreateModel(
                "Egg",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("hen", models.ForeignKey("house.hen", models.CASCADE)),
                ],
            ),
            migrations.CreateModel(
                "Hen",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("egg", models.ForeignKey("house.egg", models.CASCADE, null=True)),
                ],
                {"constraints": [models.UniqueConstraint(fields=["egg"], name="hen_of_one_egg")]},
            ),
        ]
    )


def test_models_that_point_at_each_other_are_made_and_taken_away_at_once() -> None:
    operation, before = two_that_point_at_each_other(), ProjectState()
    after = before.clone()
    operation.state_forwards("house", after)
    assert set(after.models) == {("house", "egg"), ("house", "hen")}
    assert "apps" not in after.__dict__, "drawn when asked for, not after each operation"

    with connection.schema_editor() as editor:
        operation.database_forwards("house", editor, before, after)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, contype::text FROM pg_constraint"
            " WHERE conrelid IN ('house_egg'::regclass, 'house_hen'::regclass) AND contype IN ('f', 'u')"
        )
        assert sorted(cursor.fetchall()) == [("house_egg", "f"), ("house_hen", "f"), ("house_hen", "u")]

    with connection.schema_editor() as editor:
        operation.database_backwards("house", editor, after, before)
    assert not {"house_egg", "house_hen"} & set(connection.introspection.table_names())


def test_it_writes_itself_down_with_what_it_holds() -> None:
    text, imports = OperationWriter(two_that_point_at_each_other(), indentation=0).serialize()
    assert "import salescrm.base.migrating" in imports
    assert [text.count(word) for word in ("Together(", "CreateModel(", "UniqueConstraint(")] == [1, 2, 1]


def test_what_belongs_into_a_model_is_refused_beside_it() -> None:
    with pytest.raises(TypeError, match="stand in the models"):
        Together([migrations.AddIndex("hen", models.Index(fields=["egg"], name="hens_by_egg"))])
