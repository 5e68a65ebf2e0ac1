"""The command line: ``salesperf``."""

from salesperf_lib.cli.app import app, main

__all__ = ["app", "main"]
