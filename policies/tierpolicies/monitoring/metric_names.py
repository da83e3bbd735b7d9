"""Names of metrics that well-known exporters have, and whether an unknown name is a misspelt one."""

import re
from collections.abc import Iterable

_WORDS = re.compile(r"[_:]")
_FIGURES = re.compile(r"\d+")
_NEAR = 0.75
_SHORT = 4

_RABBITMQ = """
consumers consumer_capacity consumer_utilisation messages messages_acked_total messages_bytes
messages_delivered_ack_total messages_delivered_total messages_paged_out messages_persistent
messages_published_total messages_ram messages_ready messages_ready_bytes messages_redelivered_total
messages_unacked messages_unacked_bytes process_memory_bytes process_reductions_total
"""
_KUBE = """
cronjob_next_schedule_time cronjob_status_active daemonset_status_desired_number_scheduled
daemonset_status_number_misscheduled daemonset_status_number_ready daemonset_status_number_unavailable
deployment_spec_replicas deployment_status_observed_generation deployment_status_replicas
deployment_status_replicas_available deployment_status_replicas_unavailable
horizontalpodautoscaler_spec_max_replicas horizontalpodautoscaler_status_current_replicas
horizontalpodautoscaler_status_desired_replicas job_failed job_status_active job_status_failed
job_status_succeeded node_spec_unschedulable node_status_allocatable node_status_capacity
node_status_condition persistentvolume_status_phase persistentvolumeclaim_status_phase
pod_container_resource_limits pod_container_resource_requests pod_container_status_ready
pod_container_status_restarts_total pod_container_status_running pod_container_status_terminated_reason
pod_container_status_waiting_reason pod_info pod_status_phase pod_status_ready
statefulset_replicas statefulset_status_replicas statefulset_status_replicas_ready
statefulset_status_replicas_updated
"""
_CONTAINER = """
cpu_cfs_periods_total cpu_cfs_throttled_periods_total cpu_usage_seconds_total fs_reads_total fs_usage_bytes
fs_writes_total memory_rss memory_usage_bytes memory_working_set_bytes network_receive_bytes_total
network_transmit_bytes_total oom_events_total
"""

KNOWN = frozenset(
    f"{prefix}{name}"
    for prefix, names in (("rabbitmq_queue_", _RABBITMQ), ("kube_", _KUBE), ("container_", _CONTAINER))
    for name in names.split()
)
"""Metrics of queues (rabbitmq_prometheus), of objects (kube-state-metrics) and of containers (cAdvisor)."""


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name that an unknown one is meant to be: all its words but one, and that one nearly."""
    ours = _WORDS.split(name)
    for other in sorted(known):
        theirs = _WORDS.split(other)
        if len(ours) != len(theirs) or name == other:
            continue
        differing = [(our, their) for our, their in zip(ours, theirs, strict=True) if our != their]
        if len(differing) == 1 and _is_slip(*differing[0]):
            return other
    return None


def _is_slip(our: str, their: str) -> bool:
    """Whether a word is another one written wrong, and not another one of the same kind: 5m and 1m."""
    if min(len(our), len(their)) < _SHORT or _FIGURES.sub("", our) == _FIGURES.sub("", their):
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415 (only a name that is near pays for it)

    return SequenceMatcher(None, our, their).ratio() >= _NEAR
