"""The composition roots: where the real parts are put together. `rules` is light, for `check`; `service` has it all."""
