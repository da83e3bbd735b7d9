"""RabbitMQ and Celery as manifests show them: queues, accounts, servers, workers, durations."""
