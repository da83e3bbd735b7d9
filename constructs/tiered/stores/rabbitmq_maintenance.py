"""What a person does to a RabbitMQ cluster that no manifest can: grow it, replace or restore a node."""

from __future__ import annotations


def maintenance_page(
    *, name: str, namespace: str, replicas: int, cluster_domain: str = "cluster.local"
) -> str:
    """Markdown for the cluster `name` of `replicas` nodes; its commands are tried on a real one."""
    pod = f"kubectl -n {namespace} exec {name}-0 --"
    last = replicas - 1

    def node(number: int) -> str:
        return f"rabbit@{name}-{number}.{name}-nodes.{namespace}.svc.{cluster_domain}"

    see = f"{pod} rabbitmqctl cluster_status\n{pod} rabbitmq-queues check_if_node_is_quorum_critical"
    return f"""\
# {name}: maintenance

{replicas} nodes, each with its own volume; every queue has a replica on each of them. Look first:

```bash
{see}
```

## Leaders

After a cluster has formed or a node has come back, one node may lead most queues. Spread them:

```bash
{pod} rabbitmq-queues rebalance quorum
```

## A node is restarted or updated

Nothing is to be done: before it ends, a node waits until the others have caught up and hands its leaders
over (`preStop`), and a StatefulSet goes on only when it is ready again. Drain Kubernetes nodes one at a time.

## A node comes back with its volume

It joins by itself and catches up. A queue that is younger than a few minutes may be unknown to a node that
was killed: RabbitMQ writes the names of new queues to disk late. The other nodes know it; with a single node
it is gone, and comes back with the definitions at the next start.

## A node has lost its volume

It asks to join under its old name, and is refused while the others still know it. Forget it: then it joins,
and gets a replica of each queue again, which takes as long as copying them does.

```bash
{pod} rabbitmqctl forget_cluster_node {node(last)}
```

That is for the last node, {name}-{last}. If it is {name}-0 that lost its volume, it begins a cluster of its
own, since every other node joins it and it joins nobody. Once it has started, stop it, forget it, and let it
join another one:

```bash
kubectl -n {namespace} exec {name}-0 -- rabbitmqctl await_startup --timeout 300
kubectl -n {namespace} exec {name}-0 -- rabbitmqctl stop_app
kubectl -n {namespace} exec {name}-1 -- rabbitmqctl forget_cluster_node {node(0)}
kubectl -n {namespace} exec {name}-0 -- rabbitmqctl reset
kubectl -n {namespace} exec {name}-0 -- rabbitmqctl join_cluster {node(1)}
kubectl -n {namespace} exec {name}-0 -- rabbitmqctl start_app
```

## More nodes

Raise `replicas` of the store in the description to the next odd number, and let Argo CD sync. New nodes join
by themselves, and queues get replicas on them. Then spread the leaders.

## Fewer nodes

Forget the last ones first, then lower `replicas`, and delete their claims by hand. Never go below a majority
of what there is at once.

## All nodes are gone

They come back in any order, all at once, and wait for each other. If a majority of the volumes is lost, the
messages are; users' jobs are in the database, and what was scheduled is sent again.
"""
