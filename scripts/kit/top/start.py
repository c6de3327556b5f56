"""What the kit's interpreter runs: the package beside it, with the kit's own rules and log."""

import os
import sys

LIB = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [os.path.join(LIB, "python3.11"), os.path.join(LIB, "packages")]
sys.argv[0] = "envcheck"

import envcheck  # noqa: E402

envcheck.kit_root = os.path.dirname(LIB)

from envcheck.cli import main  # noqa: E402

sys.exit(main())
