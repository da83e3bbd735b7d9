"""Families of refresh tokens against a model of them, whatever the order of uses."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from secrets import token_bytes

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import text

from apps.auth.access import AccessGrant
from apps.auth.providers import ProviderName
from apps.auth.sessions import Ended, Granted, Refused, Sessions, Superseded
from apps.common.database import async_engine
from apps.common.settings import PostgresSettings, load


@dataclass
class Token:
    digest: bytes
    access: AccessGrant
    used: bool = False
    """Exchanged for its successor."""
    long_ago: bool = False
    """Longer than the grace."""


@dataclass
class Family:
    login: uuid.UUID
    user: uuid.UUID
    tokens: list[Token] = field(default_factory=list)
    ended: bool = False

    def expected(self, position):
        token = self.tokens[position]
        if self.ended:
            return Ended
        if not token.used:
            return Granted
        successor_used = position + 1 < len(self.tokens) and self.tokens[position + 1].used
        return Ended if token.long_ago or successor_used else Superseded


class Families(RuleBasedStateMachine):
    """One person, several log-ins; tokens are used in any order, time passes, log-ins end."""

    families = Bundle("families")

    def __init__(self, runner, engine):
        super().__init__()
        self._runner = runner
        self._engine = engine
        self._sessions = Sessions(engine)
        self._subject = str(uuid.uuid4())
        self._all = []

    @initialize(target=families)
    def first(self):
        return self.log_in()

    @rule(target=families)
    def another(self):
        return self.log_in()

    @rule(family=families, back=st.integers(0, 3))
    def use(self, family, back):
        """The newest token, or one of those before it."""
        position = max(0, len(family.tokens) - 1 - back)
        expected, token = family.expected(position), family.tokens[position]
        successor = Token(token_bytes(32), AccessGrant.new())
        outcome = self._run(
            self._sessions.rotate(token.digest, successor=successor.digest, access=successor.access)
        )
        assert type(outcome) is expected
        if isinstance(outcome, Granted):
            assert outcome.user == family.user
            token.used = True
            family.tokens.append(successor)
        elif isinstance(outcome, Ended):
            family.ended = True
            assert {grant.id for grant in outcome.grants} == {each.access.id for each in family.tokens}

    @rule(family=families)
    def use_at_once(self, family):
        """The newest token, by three requests: one of them wins."""
        token = family.tokens[-1]
        tried = [Token(token_bytes(32), AccessGrant.new()) for _ in range(3)]

        async def at_once():
            return await asyncio.gather(
                *(
                    self._sessions.rotate(token.digest, successor=each.digest, access=each.access)
                    for each in tried
                )
            )

        outcomes = self._run(at_once())
        kinds = sorted(type(each).__name__ for each in outcomes)
        if family.ended:
            assert kinds == ["Ended"] * 3
            return
        assert kinds == ["Granted", "Superseded", "Superseded"]
        token.used = True
        family.tokens.append(tried[[type(each) for each in outcomes].index(Granted)])

    @rule(family=families)
    def time_passes(self, family):
        statement = text(
            "UPDATE auth.refresh_tokens SET used_at = used_at - interval '11 s' WHERE family_id = :login"
        )

        async def pass_():
            async with self._engine.begin() as connection:
                await connection.execute(statement, {"login": family.login})

        self._run(pass_())
        for token in family.tokens:
            token.long_ago = token.used

    @rule(family=families)
    def log_out(self, family):
        self._run(self._sessions.end_of_token(family.tokens[-1].access.id, family.user))
        family.ended = True

    @rule(family=families)
    def log_out_as_somebody_else(self, family):
        assert not self._run(self._sessions.end_of_token(family.tokens[-1].access.id, uuid.uuid4()))

    @rule()
    def log_out_everywhere(self):
        self._run(self._sessions.end_all(self._all[0].user))
        for family in self._all:
            family.ended = True

    @rule()
    def use_an_unknown_token(self):
        outcome = self._run(
            self._sessions.rotate(token_bytes(32), successor=token_bytes(32), access=AccessGrant.new())
        )
        assert type(outcome) is Refused

    def log_in(self):
        token, login = Token(token_bytes(32), AccessGrant.new()), uuid.uuid4()
        user = self._run(
            self._sessions.open(
                ProviderName.KAKAO, self._subject, login=login, digest=token.digest, access=token.access
            )
        )
        family = Family(login, user, [token])
        self._all.append(family)
        return family

    def teardown(self):
        living = {each.id for each in self._run(self._sessions.of_user(self._all[0].user))}
        assert living == {family.login for family in self._all if not family.ended}
        assert len({family.user for family in self._all}) == 1

    def _run(self, awaitable):
        return self._runner.run(awaitable)


def test_every_order_of_uses_ends_as_the_model_says(database, monkeypatch):
    for name, value in database.environment("auth").items():
        monkeypatch.setenv(name, value)
    engine = async_engine(load(PostgresSettings), application="test")
    with asyncio.Runner() as runner:
        run_state_machine_as_test(
            lambda: Families(runner, engine),  # type: ignore[arg-type] # any maker will do
            settings=settings(
                max_examples=40,
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(engine.dispose())


def test_first_logins_at_once_make_one_user(database, monkeypatch):
    for name, value in database.environment("auth").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTGRES_POOL_SIZE", "8")

    async def at_once():
        engine = async_engine(load(PostgresSettings), application="test")
        sessions = Sessions(engine)
        users = await asyncio.gather(
            *(
                sessions.open(
                    ProviderName.GOOGLE,
                    "a-new-person",
                    login=uuid.uuid4(),
                    digest=token_bytes(32),
                    access=AccessGrant.new(),
                )
                for _ in range(8)
            )
        )
        await engine.dispose()
        return users

    assert len(set(asyncio.run(at_once()))) == 1
