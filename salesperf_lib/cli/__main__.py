"""Run the command line as ``python -m salesperf_lib.cli``."""

from salesperf_lib.cli.app import main

if __name__ == "__main__":
    main()
