"""Who asks whom, and who is let through: Services, Ingresses, ports, NetworkPolicies."""
