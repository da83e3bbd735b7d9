"""Requests and money against what there is."""
