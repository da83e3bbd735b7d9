"""Reference pages as Markdown, made from what they describe: the commands and the description's models."""
