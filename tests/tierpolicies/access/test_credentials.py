"""Secrets in clear text: what is one, by its looks or its name, and what is none."""

import pytest

from tierpolicies.access.credentials import commands, texts
from tierpolicies.access.credentials.named import given_away, looks_random
from tierpolicies.access.credentials.names import meaning

LETTERS = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"

SECRETS = [
    ("DB_PASSWORD", "hunter2", "a password"),
    ("POSTGRES_PASSWORD", "postgres", "a password"),
    ("PASSWORD", "123456", "a password"),
    ("dbPass", "correct-horse", "a password"),
    ("PGPASSWORD", "correct-horse", "a password"),
    ("REDIS_PASSWORD_2", "correct-horse", "a password"),
    ("PASSWORD_OF_SHOP", "correct-horse", "a password"),
    ("clientSecret", "b7Qx0aT4", "a secret"),
    ("SECRET_KEY_BASE", "0f1e2d3c4b5a", "a secret key"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a secret key"),
    ("API_TOKEN", "t0k3n-value", "a token"),
    ("api-key", "abc123def456", "a secret key"),
    ("STRIPE_APIKEY", "abc123def456", "a secret"),
    ("JWT_SIGNING_KEY", "not-so-long", "a secret key"),
    ("ENCRYPTION_SALT", "3f9aX72kQ0zLw81uVbN5tYc6", "what looks like a key"),
    ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n", "a private key"),
    ("ANYTHING", "-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
    ("KEY_ID", "AKIAIOSFODNN7EXAMPLE", "an AWS access key"),
    ("ANYTHING", f"ghp_{LETTERS}", "a GitHub token"),
    ("ANYTHING", f"github_pat_{LETTERS}", "a GitHub token"),
    ("ANYTHING", f"glpat-{LETTERS[:20]}", "a GitLab token"),
    ("ANYTHING", "xoxb-1234567890-abcdefghij", "a Slack token"),
    ("HOOK", "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24, "a Slack webhook"),
    ("ANYTHING", f"sk_live_{LETTERS[:24]}", "a Stripe key"),
    ("ANYTHING", f"sk-proj-{LETTERS}", "an API key"),
    ("ANYTHING", f"sk-{LETTERS}", "an API key"),
    ("ANYTHING", f"AIza{LETTERS[:35]}", "a Google API key"),
    ("ANYTHING", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9", "a JWT"),
    ("DATABASE_URL", "postgres://shop:hunter2@db:5432/shop", "a password in a URL"),
    ("BROKER", "amqp://guest:guest@broker:5672//", "a password in a URL"),
    ("CACHE", "redis://:hunter2@cache:6379/0", "a password in a URL"),
]
HARMLESS = [
    ("TOKEN_TTL", "3600"),
    ("TOKEN_TTL", "one hour"),
    ("SECRET_NAME", "database"),
    ("PASSWORD_FILE", "/run/secrets/password"),
    ("DB_PASSWORD", "$(SHARED_PASSWORD)"),
    ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "$DB_PASSWORD"),
    ("DB_PASSWORD", "{{ .Values.password }}"),
    ("DB_PASSWORD", "<password>"),
    ("DB_PASSWORD", ""),
    ("DB_PASSWORD", "changeme"),
    ("DB_PASSWORD", "change-me-in-production"),
    ("DB_PASSWORD", "REPLACE_WITH_YOUR_PASSWORD"),
    ("DB_PASSWORD", "********"),
    ("DB_PASSWORD", "xxxx"),
    ("DB_PASSWORD", "your-password-here"),
    ("DB_PASSWORD", "vault:secret/data/shop#password"),
    ("DB_PASSWORD", "ref+awssm://shop/password"),
    ("DB_PASSWORD", "ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]"),
    ("DB_PASSWORD", "/run/secrets/db"),
    ("ALLOW_EMPTY_PASSWORD", "yes"),
    ("PASSWORD_MIN_LENGTH", "12"),
    ("PASSWORD_RESET_URL", "https://shop.example.org/reset"),
    ("ADMIN_PASSWORD_HASH", "$2y$10$abcdefghijklmnopqrstuv"),
    ("ADMIN_PASSWORD", "$2y$10$abcdefghijklmnopqrstuv"),
    ("MAX_TOKENS", "4096"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "30"),
    ("TOKEN_ISSUER", "shop"),
    ("TOKEN_ALGORITHM", "RS256"),
    ("JWT_TOKEN", "RS256"),
    ("TOKENIZERS_PARALLELISM", "on-demand"),
    ("SECRET_MANAGER_PROJECT", "shop-prod"),
    ("CLIENT_ID", "0oa2hl2inow5Uqc6c357"),
    ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/google.json"),
    ("STRIPE_PUBLISHABLE_KEY", "pk_live_abcdefghijklmnop"),
    ("VERIFY_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"),
    ("DEPLOY_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7"),
    ("ROUTING_KEY", "orders.created"),
    ("SORT_KEY", "created_at"),
    ("TLS_SECRET", "shop/certificate"),
    ("DEFAULT_SECRET", "shop/certificate"),
    ("existingSecret", "shop-database"),
    ("passwordKey", "password"),
    ("imagePullSecret", "registry"),
    ("BROKER_URL", "amqp://broker:5672"),
    ("DATABASE_URL", "postgres://shop:$(DB_PASSWORD)@db/shop"),
    ("DATABASE_URL", "postgres://{user}:{password}@db/shop"),
    ("HOMEPAGE", "https://shop.example.org/@news:today"),
    ("GIT_COMMIT", "3f9a72c0b81d4e5f6a7b8c9d0e1f2a3b4c5d6e7f"),
    ("TENANT_KEY", "123e4567-e89b-12d3-a456-426614174000"),
    ("DISK", "task-encryption-configuration-of-the-shop"),
]


@pytest.mark.parametrize(("name", "value", "what"), SECRETS)
def test_a_secret_is_told_by_its_looks_or_its_name(name: str, value: str, what: str) -> None:
    assert given_away(name, value) == what


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_what_only_sounds_like_a_secret_is_none(name: str, value: str) -> None:
    assert given_away(name, value) == ""


def test_the_last_word_about_a_secret_counts() -> None:
    assert meaning("TOKEN_FILE") == ""
    assert meaning("FILE_TOKEN") == "a token"
    assert meaning("SECRET_NAME_TOKEN") == "a token"
    assert meaning("") == meaning("_") == meaning("42") == ""


def test_randomness_needs_length_letters_and_digits() -> None:
    assert looks_random("3f9aX72kQ0zLw81uVbN5tYc6")
    assert not looks_random("3f9aX72k")
    assert not looks_random("abcdefghijklmnopqrstuvwx")
    assert not looks_random("11111111111111111111aaaa")


COMMANDS = [
    (["serve", "--password=hunter2"], ["a password"]),
    (["serve", "--db-password", "hunter2"], ["a password"]),
    (["serve", "-token=abcdef"], ["a token"]),
    (["sh", "-c", "PGPASSWORD=hunter2 psql"], ["a password"]),
    (["sh", "-c", "export API_TOKEN='abcdef' && serve"], ["a token"]),
    (["sh", "-c", "serve --password hunter2 --verbose"], ["a password"]),
    (["sh", "-c", "curl -u shop:hunter2 https://example.org"], ["a password"]),
    (["curl", "--user", "shop:hunter2"], ["a password"]),
    (["sh", "-c", 'curl -H "Authorization: Bearer abcdef0123456789"'], ["a token"]),
    (["redis-server", "--requirepass", "hunter2"], ["a password"]),
    (["serve", "postgres://shop:hunter2@db/shop"], ["a password in a URL"]),
    (["serve", "--password=$(DB_PASSWORD)"], []),
    (["serve", "--password-file=/run/secrets/password"], []),
    (["serve", "--password", "--verbose"], []),
    (["serve", "--token-ttl", "3600", "--secret-name=shop"], []),
    (["sh", "-c", 'serve --password "$DB_PASSWORD"'], []),
    (["sh", "-c", "TOKEN=$(cat /run/secrets/token) serve"], []),
    (["sh", "-c", "TOKEN=`cat /run/secrets/token`; serve"], []),
    (["sh", "-c", '[ -z "$PASSWORD" ] && echo "no password given"'], []),
    (["sh", "-c", 'curl -u "shop:${PASSWORD}" https://example.org'], []),
    (["sh", "-c", 'curl -H "Authorization: Bearer $TOKEN"'], []),
    (["sh", "-c", "sed -i s/password=.*/password=$PW/ app.conf"], []),
    (["keytool", "-u", "10001:10001"], []),
    ([], []),
]


@pytest.mark.parametrize(("command", "found"), COMMANDS)
def test_secrets_in_commands(command: list[str], found: list[str]) -> None:
    assert [what for what, _, _ in commands.held(command)] == found


def test_a_secret_in_a_command_is_pointed_at() -> None:
    assert list(commands.held(["serve", "--password=hunter2"])) == [("a password", 1, 11)]


FILES = [
    ("app.properties", "db.user=shop\ndb.password=hunter2\n", ["db.password"]),
    ("app.yaml", "database:\n  password: hunter2 # for now\n", ["password"]),
    ("app.yaml", 'database:\n  password: "two words"\n', ["password"]),
    (
        "settings.json",
        '{"db": {"password": "hunter2"}, "clientSecret": "abcdef"}',
        ["password", "clientSecret"],
    ),
    (".env", "export API_TOKEN=abcdef\n", ["API_TOKEN"]),
    ("redis.conf", "requirepass hunter2\n", ["requirepass"]),
    ("config", "token=abcdef\n", ["token"]),
    ("app.yaml", "password: ${DB_PASSWORD}\npasswordFile: /run/secrets/x\ntoken: ''\n", []),
    ("app.yaml", "# password: hunter2\nhelp: |\n  Password: as in the vault\n", []),
    ("app.yaml", "password: password\ntoken:\n  ttl: 3600\n", []),
    ("app.py", "password = 'hunter2'\n", []),
    ("app.conf", "password = settings.password\n", []),
    ("messages.json", '{"password": "Password", "forgotPassword": "Forgot your password, or lost it?"}', []),
    ("definitions.json", '{"users": [{"name": "shop", "password_hash": "abcdef0123456789"}]}', []),
    ("prometheus.yml", "bearer_token_file: /var/run/secrets/token\npassword_file: /etc/x\n", []),
]


@pytest.mark.parametrize(("file", "text", "names"), FILES)
def test_secrets_in_files_of_settings(file: str, text: str, names: list[str]) -> None:
    assert [name for _, _, name in texts.held(file, text)] == names


def test_what_is_known_by_its_looks_is_found_in_any_file() -> None:
    text = f"#!/bin/sh\ncurl https://x:ghp_{LETTERS}@github.com\n"
    assert [what for what, _, _ in texts.held("clone.sh", text)] == ["a GitHub token", "a password in a URL"]
