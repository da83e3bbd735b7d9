"""Argo CD Applications and the files they own."""
