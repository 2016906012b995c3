"""`python -m intake` is the `intake` command, without the working folder on the path.

`-m` puts that folder first, where whatever lies in it could pass for a library: here and in the sandbox's children.
Until it is gone, only what Python has loaded already is imported.
"""

import importlib
import sys

_OWN = __file__.removesuffix("/intake/__main__.py")

if not sys.flags.safe_path:
    del sys.path[0]
if _OWN not in sys.path:
    sys.path.append(_OWN)

sys.exit(importlib.import_module("intake.cli").main())
