"""Policies as they are written: whom they select, what each rule is for, and what the API refuses of them."""
