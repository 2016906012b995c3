"""The commands of the `intake` program, one module each: `add_arguments` and `run`, which returns the exit code."""
