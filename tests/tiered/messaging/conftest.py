from __future__ import annotations

import pytest

from tiered.messaging.topology import DeadLetters, Queue, Task, Topology


@pytest.fixture
def topology() -> Topology:
    return Topology(
        exchange="tasks",
        dead_letters=DeadLetters(exchange="dlx", queue="q.dlq", max_length=10000),
        time_zone="Asia/Seoul",
        queues=[
            Queue(
                name="q.ai",
                priority=10,
                binding="ai.#",
                max_length=5000,
                ttl_seconds=300,
                retries=3,
                tasks={"image.analyze": Task(routing_key="ai.image.analyze", seconds=3.5)},
            ),
            Queue(
                name="q.sched",
                priority=3,
                binding="sched.#",
                max_length=500,
                time_limit_seconds=600,
                delivery_limit=5,
                tasks={
                    "backup.database": Task(
                        routing_key="sched.backup.database", seconds=60, schedule="0 2 * * *"
                    )
                },
            ),
        ],
    )
