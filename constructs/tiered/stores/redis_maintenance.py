"""What a person has to know of Redis servers with sentinels, and the little that is to be done by hand."""

from __future__ import annotations


def maintenance_page(*, name: str, namespace: str, replicas: int) -> str:
    """Markdown for the StatefulSet `name` of `replicas` servers; its commands are tried on real ones."""
    where = f"kubectl -n {namespace}"
    last = replicas - 1
    majority = replicas // 2 + 1
    return f"""\
# {name}: maintenance

{replicas} servers, each with its own volume and a sentinel beside it. One is the master; the others copy it.
Callers ask the sentinels who it is. {majority} sentinels have to agree before another one is chosen. Look
first:

```bash
{where} exec {name}-0 -c sentinel -- redis-cli -p 26379 sentinel masters
{where} exec {name}-0 -c sentinel -- redis-cli -p 26379 sentinel replicas {name}
{where} exec {name}-0 -c redis -- redis-cli info replication
```

## A pod is restarted, updated or moved

Nothing is to be done: before it ends, a master takes no more writes, has another one chosen, and only then
goes (`preStop`). A StatefulSet goes on only when the new pod has what its master has. Drain nodes one at a
time.

## A pod is lost

After 5 seconds of silence the sentinels choose another master; callers find it within about 10 seconds. What
was written and not copied yet is lost with the old one: a second at most, and nothing once no replica follows
it, for then it refuses writes. The old one comes back as a replica.

## A pod has lost its volume

Nothing is to be done. An empty server does not start before another sentinel has told it whom to copy, and
never as the master of servers that hold something. It says in its log what it waits for. To give a pod a new
volume:

```bash
{where} delete pvc data-{name}-{last} --wait=false
{where} delete pod {name}-{last}
```

## Only one is left

Its sentinel cannot choose alone, and a master without replicas refuses writes (`NOREPLICAS`). Reads go on.
Bring one of the others back: that is all that is missing.

## From one server to {replicas}

The option `replicas: {replicas}` replaces the single server, and the new ones begin empty: jobs under way
lose their progress, and log-outs are forgotten for as long as an access token is valid. Results are read from
the database. The volume of the single one is kept until somebody confirms that it is removed.
"""
