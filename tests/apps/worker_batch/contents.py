"""All that a database holds, for comparison: rows, sequences, code, rights."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

Contents = dict[str, list[tuple[Any, ...]]]

_CATALOGUES = {
    "schemas": """
        SELECT nspname, pg_get_userbyid(nspowner),
               coalesce(nspacl, acldefault('n', nspowner))::text
        FROM pg_namespace WHERE nspname = ANY (%s)""",
    "relations": """
        SELECT nspname, relname, relkind, pg_get_userbyid(relowner),
               (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(coalesce(
                    relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)
               )) each)
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY (%s)""",
    "columns": """
        SELECT nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
               attacl::text, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE nspname = ANY (%s) AND attnum > 0 AND NOT attisdropped""",
    "constraints": """
        SELECT nspname, conname, conrelid::regclass::text, pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace WHERE nspname = ANY (%s)""",
    "indexes": "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname = ANY (%s)",
    "views": "SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname = ANY (%s)",
    "functions": """
        SELECT nspname, proname, pg_get_functiondef(pg_proc.oid), pg_get_userbyid(proowner),
               (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(
                    coalesce(proacl, acldefault('f', proowner))
               ) each)
        FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
        WHERE nspname = ANY (%s) AND prokind IN ('f', 'p')""",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(pg_trigger.oid)
        FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = ANY (%s) AND NOT tgisinternal""",
    "enumerations": """
        SELECT nspname, typname, enumlabel, enumsortorder
        FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
        WHERE nspname = ANY (%s)""",
    "default rights": """
        SELECT pg_get_userbyid(defaclrole), defaclobjtype, defaclacl::text FROM pg_default_acl
        WHERE pg_get_userbyid(defaclrole) = ANY (%s)""",
    "sequences": """
        SELECT schemaname, sequencename, last_value, start_value, increment_by, data_type::text
        FROM pg_sequences WHERE schemaname = ANY (%s)""",
}


def contents(connection: psycopg.Connection[Any]) -> Contents:
    """By catalogue, its rows; by table, its rows as text. Roles are named as their schemas are."""
    schemas = [
        name
        for (name,) in connection.execute("SELECT nspname FROM pg_namespace").fetchall()
        if not name.startswith("pg_") and name != "information_schema"
    ]
    found: Contents = {
        name: sorted(connection.execute(query, [schemas]).fetchall(), key=repr)
        for name, query in _CATALOGUES.items()
    }
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY (%s)", [schemas]
    )
    for schema, table in tables.fetchall():
        rows = connection.execute(
            sql.SQL("SELECT t::text FROM {} t ORDER BY t::text").format(sql.Identifier(schema, table))
        )
        found[f"rows of {schema}.{table}"] = rows.fetchall()
    return found
