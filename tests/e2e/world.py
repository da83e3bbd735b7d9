"""What stands around the workloads: servers, third parties, and the parameters that both sides know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.e2e.manifests import Manifests
from tests.e2e.parameter_store import ParameterStore
from tests.e2e.pod import Node
from tests.e2e.substitutions import DATABASE, Surroundings
from tests.servers import kakao_map, model
from tests.servers.identity_provider import CLIENTS
from tests.servers.rabbitmq import password_of

if TYPE_CHECKING:
    from tests.servers.identity_provider import IdentityProvider
    from tests.servers.kakao_map import KakaoMap
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3


@dataclass(frozen=True, kw_only=True)
class World:
    """The servers that run."""

    postgres: Postgres
    redis: Redis
    redis_cache: Redis
    rabbitmq: RabbitMQ
    s3: S3
    identity_provider: IdentityProvider
    model: ModelServer
    kakao_map: KakaoMap

    def empty(self) -> None:
        """Remove all data, and make the platform's database afresh."""
        for redis in (self.redis, self.redis_cache):
            redis.flush()
        self.s3.empty()
        self.rabbitmq.purge_all()
        with self.postgres.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')

    @property
    def surroundings(self) -> Surroundings:
        """Where workloads find them."""
        return Surroundings(
            servers={
                ("default", "postgres", "postgres"): self.postgres.port,
                ("default", "redis", "redis"): self.redis.port,
                ("default", "redis-cache", "redis"): self.redis_cache.port,
                ("messaging", "rabbitmq", "amqp"): self.rabbitmq.port,
            },
            third_parties={
                "https://api.openai.com": self.model.url.removesuffix("/v1"),
                "https://dapi.kakao.com": self.kakao_map.url,
                "https://kauth.kakao.com": self.identity_provider.url,
                "https://oauth2.googleapis.com": self.identity_provider.url,
                "https://accounts.google.com": self.identity_provider.url,
            },
            aws={"AWS_ENDPOINT_URL_S3": self.s3.endpoint, "AWS_ENDPOINT_URL_STS": self.s3.endpoint},
            superuser=urlsplit(self.postgres.url).username or "postgres",
        )

    def parameters(self) -> ParameterStore:
        """The parameters: those that the servers have decided already, the others as they come."""
        clients = {
            f"oauth/{client.partition('-')[0].upper()}": (client, CLIENTS[client]) for client in CLIENTS
        }
        return ParameterStore(
            {f"rabbitmq/{account}/password": password_of(account) for account in self.rabbitmq.accounts}
            | {
                "postgres/postgres/password": unquote(urlsplit(self.postgres.url).password or ""),
                "redis/password": self.redis.password,
                "redis-cache/password": self.redis_cache.password,
                "openai/OPENAI_API_KEY": model.KEY,
                "kakao-map/KAKAO_REST_API_KEY": kakao_map.KEY,
            }
            | {f"{prefix}_CLIENT_ID": client for prefix, (client, _) in clients.items()}
            | {f"{prefix}_CLIENT_SECRET": secret for prefix, (_, secret) in clients.items()}
        )

    def node(
        self, manifests: Manifests, secrets: Mapping[tuple[str, str], Mapping[str, str]], folder: Path
    ) -> Node:
        """A node for these manifests, with files of its own in `folder`."""
        return Node(
            manifests=manifests,
            surroundings=self.surroundings,
            secrets=secrets,
            token=self._token,
            folder=folder,
        )

    def _token(self, namespace: str, account: str, audience: str) -> str:
        """The trust policies of AWS: each role trusts one ServiceAccount, by tokens for STS only."""
        if audience != "sts.amazonaws.com":
            return f"token of {namespace}/{account} for {audience}"
        return Path(self.s3.environment(account)["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text()
