"""What a repository grows by: a new repository, one more app, an app less."""
