"""kube-scheduler with its default profile: filters, scores, queue and preemption, on integers."""
