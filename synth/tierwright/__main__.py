"""`python -m tierwright`: the command line without its script."""

from tierwright.cli import main

main()
