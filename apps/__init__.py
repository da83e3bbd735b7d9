"""What gets deployed: one package per app, and `common` for what several of them share."""
