"""Argo CD as manifests show it: Applications, projects, sync, and what an object was before a change."""
