"""Whether everything has room, as kube-scheduler and a proof see it."""
