"""The migrations of a service's schema, apart from its engines: no process but the Job's needs alembic."""

from __future__ import annotations

from alembic import context
from sqlalchemy import MetaData, create_engine, pool, text

from apps.common.database import connect_arguments, url
from apps.common.settings import PostgresSettings, ServiceSettings, load


def migrate(metadata: MetaData, *, schema: str) -> None:
    """The whole of an app's migrations/env.py: bring `schema` up to date as the service's own role.

    The schema itself and the role are made beforehand by the platform. Two runs at once wait for each
    other by an advisory lock; each migration is one transaction.
    """
    service, settings = load(ServiceSettings), load(PostgresSettings)
    connectable = create_engine(
        url(settings),
        poolclass=pool.NullPool,
        connect_args=connect_arguments(service.service_name, statement_seconds=300),
    )
    with connectable.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"migrate {schema}"})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table_schema=schema,
            include_schemas=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    connectable.dispose()
