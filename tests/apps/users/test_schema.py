"""The migrations make what the tables describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from apps.users.tables import SCHEMA, history, metadata


def test_the_migrations_make_what_the_app_expects(database):
    database.environment("users")  # fails when they failed
    engine = create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))

    def ours(name, kind, _):
        return name == SCHEMA if kind == "schema" else name != "alembic_version"

    with engine.connect() as connection:
        options = {"include_schemas": True, "include_name": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_view_of_waste_has_the_columns_that_are_read(database):
    with database.connect("users") as connection:
        columns = connection.execute("SELECT * FROM waste.history LIMIT 0").description
    assert {column.name for column in history.c} <= {column.name for column in columns}
