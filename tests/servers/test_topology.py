"""The broker as the platform runs it."""

from __future__ import annotations


def test_trial(rabbitmq):
    print(rabbitmq.process.tail())
    print(rabbitmq.management("/overview")["rabbitmq_version"])
    for queue in rabbitmq.management("/queues/%2F"):
        print(queue["name"], queue["arguments"])
    print(rabbitmq.queue_length("q.ai"))
    rabbitmq.purge_all()
    rabbitmq.kill()
    rabbitmq.start()
    rabbitmq.stop()
    rabbitmq.start()
