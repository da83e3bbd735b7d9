"""Requests and limits, where pods may go, what keeps them apart, and when jobs run."""
