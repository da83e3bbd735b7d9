"""The rules: one module each, by family; the module's docstring is the rule's documentation."""
