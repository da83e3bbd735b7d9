from __future__ import annotations

import re

import pytest

from tiered.errors import TieredError
from tiered.stores.postgres_sql import Role, roles_sql

ROLES = [
    Role(name="users", schema="users", reads=["waste"]),
    Role(name="waste", schema="waste", connections=40),
    Role(name="backup", member_of=["pg_read_all_data"], read_only=True, connections=2),
]


def test_a_role_finds_its_schema_first_and_owns_it():
    sql = roles_sql(ROLES)

    block = sql[sql.index(r"\set schema waste") :]
    assert 'CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"role"' in block
    assert 'SET search_path = :"schema"' in block


def test_a_reader_may_look_into_a_schema_and_into_no_other():
    assert re.findall(r"GRANT USAGE .*", roles_sql(ROLES)) == ['GRANT USAGE ON SCHEMA "waste" TO "users";']


def test_what_everybody_has_by_default_is_taken_away_before_anything_is_granted():
    sql = roles_sql(ROLES)

    first_grant = re.search(r"^GRANT", sql, re.MULTILINE)
    for revoked in ("ON DATABASE", "ON SCHEMA public"):
        taken = re.search(rf"^REVOKE ALL {revoked} .*FROM PUBLIC;", sql, re.MULTILINE)
        assert taken is not None
        assert first_grant is not None
        assert taken.start() < first_grant.start()
    assert "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC" in sql


def test_backups_read_everything_and_write_nothing():
    sql = roles_sql(ROLES)

    assert 'GRANT "pg_read_all_data" TO "backup";' in sql
    block = sql[sql.index(r"\set role backup") :]
    assert r"\set read_only on" in block
    assert 'ALTER ROLE "backup" NOREPLICATION CONNECTION LIMIT 2;' in block


def test_passwords_come_from_the_environment_and_never_into_the_log():
    sql = roles_sql(ROLES)

    variables = re.findall(r"\\unset password\n\\getenv password (\w+)\n", sql)
    assert variables == [role.password_variable for role in ROLES]
    assert sql.index("log_min_error_statement = panic") < sql.index("PASSWORD :")


def test_logins_that_are_not_described_are_locked():
    assert r"\set roles '{users,waste,backup}'" in roles_sql(ROLES)
    assert r"\set roles '{}'" in roles_sql([])


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ([Role(name="dlq-collector")], "'dlq-collector' cannot name a role"),
        ([Role(name="pg_backup")], "not beginning with pg_"),
        ([Role(name="a", schema="Bad")], "'Bad' cannot name"),
        ([Role(name="a"), Role(name="a")], "'a' is described 2 times"),
        ([Role(name="a", schema="s"), Role(name="b", schema="s")], "schema 's' has 2 owners"),
        ([Role(name="a", schema="s", reads=["t"])], "reads schema 't', which nobody owns; there are s"),
        ([Role(name="a", reads=["t"])], "there are none"),
        ([Role(name="a", member_of=["b"])], "'b', which is not predefined"),
    ],
)
def test_roles_that_cannot_work_are_refused(roles, message):
    with pytest.raises(TieredError, match=message):
        roles_sql(roles)
