"""SQL that brings logins, schemas and grants of a database to what is described, as often as it runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tiered.errors import TieredError

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")


@dataclass(frozen=True, kw_only=True)
class Role:
    """A login.

    Args:
        name: of the role, and of its password's key in the Secret.
        schema: the one it owns and finds first.
        reads: schemas of other roles in which it may look names up. What it may read or call there,
            the owner grants in its own migrations, view by view and function by function.
        member_of: predefined roles, such as `pg_read_all_data` for backups or `pg_monitor`.
        read_only: its transactions refuse to write, unless one asks otherwise.
        connections: at most.
        replicates: may copy the whole server and follow its log, as standbys do.
    """

    name: str
    schema: str | None = None
    reads: Sequence[str] = ()
    member_of: Sequence[str] = ()
    read_only: bool = False
    connections: int = 20
    replicates: bool = False

    @property
    def password_variable(self) -> str:
        """The environment variable from which psql takes the password."""
        return f"PASSWORD_OF_{self.name.upper()}"


_PREAMBLE = r"""
-- A failing statement is logged, and these hold passwords.
SET LOCAL log_min_error_statement = panic;
SET LOCAL log_min_duration_statement = -1;
SET LOCAL log_statement = none;
-- What is granted twice and revoked in vain is not worth a message.
SET LOCAL client_min_messages = warning;
"""

_LOGIN = r"""
SELECT format('CREATE ROLE %I', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role')\gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
ALTER ROLE :"role" SET default_transaction_read_only = :read_only;
"""

_TAKE_BACK = r"""
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles
  WHERE rolcanlogin AND NOT rolsuper AND rolname <> ALL (:'roles')\gexec
SELECT format('REVOKE %s FROM %I', roleid::regrole, rolname)
  FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member WHERE rolname = ANY (:'roles')\gexec
REVOKE ALL ON DATABASE :"DBNAME", postgres, template1 FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
"""

_SCHEMA = r"""
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"role";
ALTER SCHEMA :"schema" OWNER TO :"role";
ALTER ROLE :"role" IN DATABASE :"DBNAME" SET search_path = :"schema";
-- PostgreSQL lets everybody call a new function; here only whom its owner names.
ALTER DEFAULT PRIVILEGES FOR ROLE :"role" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SELECT format('REVOKE ALL ON SCHEMA %I FROM %I', :'schema', rolname) FROM pg_roles
  WHERE rolname = ANY (:'roles') AND rolname <> :'role'\gexec
"""


# A slot keeps the log that its standby has not read yet; one without a standby would keep it in vain.
_SLOTS = r"""
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
  WHERE slot_type = 'physical' AND NOT active AND NOT temporary AND slot_name <> ALL (:'slots');
SELECT pg_create_physical_replication_slot(slot) FROM unnest(:'slots'::text[]) AS slot
  WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = slot);
"""


def roles_sql(roles: Sequence[Role], standbys: Sequence[str] = ()) -> str:
    """A script for psql 15 or later, run by a superuser in one transaction.

    Whoever else can log in, superusers apart, is locked out: a role that left the description stays
    only as the owner of its data. Roles keep what their owners' migrations granted on tables, views
    and functions; memberships and the use of schemas are taken back where they are not described.

    Args:
        standbys: names of the standbys; each gets a replication slot, with _ for -.

    Raises:
        TieredError: for names that would need quotes, a role described twice, a schema with two
            owners or with none.
    """
    _validate(roles)
    parts = [_PREAMBLE, f"\n\\set roles '{{{','.join(role.name for role in roles)}}}'\n"]
    parts += [part for role in roles for part in (_settings(role), _LOGIN, _limit(role))]
    parts += [_TAKE_BACK, *(_grants(role, roles) for role in roles)]
    slots = ",".join(name.replace("-", "_") for name in standbys)
    parts += [f"\n\\set slots '{{{slots}}}'", _SLOTS]
    return "".join(parts).lstrip()


def _settings(role: Role) -> str:
    return (
        f"\n\\set role {role.name}\n"
        f"\\set read_only {'on' if role.read_only else 'off'}\n"
        # Without its variable the password stays unset, and the script stops at a syntax error.
        f"\\unset password\n\\getenv password {role.password_variable}"
    )


def _limit(role: Role) -> str:
    replicates = "REPLICATION" if role.replicates else "NOREPLICATION"
    return f'ALTER ROLE "{role.name}" {replicates} CONNECTION LIMIT {role.connections};\n'


def _grants(role: Role, roles: Sequence[Role]) -> str:
    grants = [f'GRANT CONNECT ON DATABASE :"DBNAME" TO "{role.name}";']
    grants += [f'GRANT "{group}" TO "{role.name}";' for group in role.member_of]
    if role.schema is None:
        return "\n" + "\n".join(grants) + "\n"
    grants += [
        f'GRANT USAGE ON SCHEMA "{role.schema}" TO "{other.name}";'
        for other in roles
        if role.schema in other.reads
    ]
    return f"\n\\set role {role.name}\n\\set schema {role.schema}{_SCHEMA}" + "\n".join(grants) + "\n"


def _validate(roles: Sequence[Role]) -> None:
    owners = Counter(role.schema for role in roles if role.schema is not None)
    for name in (*(role.name for role in roles), *owners):
        _validate_name(name)
    for name, count in Counter(role.name for role in roles).items():
        if count > 1:
            raise TieredError(f"role {name!r} is described {count} times: give each role a name of its own")
    for schema, count in owners.items():
        if count > 1:
            raise TieredError(f"schema {schema!r} has {count} owners: let one role own it and others read it")
    for role in roles:
        _validate_reach(role, list(owners))


def _validate_name(name: str) -> None:
    if not _IDENTIFIER.match(name) or name.startswith("pg_"):
        raise TieredError(
            f"{name!r} cannot name a role or schema of PostgreSQL here: use lower-case letters, digits"
            " and _, not beginning with pg_, so that nobody ever has to quote it"
        )


def _validate_reach(role: Role, schemas: Sequence[str]) -> None:
    for schema in role.reads:
        if schema not in schemas:
            raise TieredError(
                f"role {role.name!r} reads schema {schema!r}, which nobody owns;"
                f" there are {', '.join(schemas) or 'none'}"
            )
    for group in role.member_of:
        if not group.startswith("pg_") or not _IDENTIFIER.match(group):
            raise TieredError(
                f"role {role.name!r} is to be a member of {group!r}, which is not predefined in PostgreSQL"
                " (those begin with pg_); use `schema` or `reads`"
            )
