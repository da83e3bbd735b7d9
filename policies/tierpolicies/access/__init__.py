"""Who may do what: roles of RBAC, and secrets that stand where everybody reads them."""
