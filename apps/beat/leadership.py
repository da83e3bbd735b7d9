"""Which of several schedulers may send: the one whose database session holds an advisory lock."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

# A session that says nothing for so long is ended by the server, and the lock with it: a leader that is
# stopped, or whose node is gone, is replaced although its connection still looks open.
_SILENT_SECONDS = 4
# While a message waits for its confirmation the session is silent within a transaction. Longer than a publish
# can take (two tries of at most 10 s), so that nobody sends what is being sent.
_SENDING_SECONDS = 30


class Leadership:
    """The lock, and the one session that it belongs to.

    PostgreSQL gives up the lock when the session ends, whatever ended it. So whoever asks on this very
    session and is answered holds the lock still; a lost session is noticed at the next question, before
    a next send.
    """

    def __init__(self, engine: Engine, *, name: str) -> None:
        self._engine = engine
        self._name = name
        self._connection: Connection | None = None
        self.held = False

    def session(self) -> Connection | None:
        """The session if it holds the lock, taken now where it is free; None while another has it.

        Raises:
            SQLAlchemyError: the database cannot be asked; the lock counts as lost.
        """
        try:
            connection = self._connection or self._open()
            if not self.held:
                question = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
                self.held = bool(connection.scalar(question, {"name": self._name}))
                connection.commit()
        except SQLAlchemyError:
            self.lose()
            raise
        return connection if self.held else None

    def lose(self) -> None:
        """End the session, and with it the lock."""
        connection, self._connection, self.held = self._connection, None, False
        if connection is None:
            return
        try:
            connection.close()
        except SQLAlchemyError:
            connection.invalidate()

    def _open(self) -> Connection:
        connection = self._engine.connect()
        self._connection = connection
        # Out of the pool: to close it must end the session.
        connection.detach()
        connection.execute(text(f"SET idle_session_timeout = '{_SILENT_SECONDS}s'"))
        connection.execute(text(f"SET idle_in_transaction_session_timeout = '{_SENDING_SECONDS}s'"))
        connection.commit()
        return connection
