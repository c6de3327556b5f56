#!/usr/bin/env python3
"""Build the kit: envcheck with an interpreter of its own, to unpack and run on any x86_64 Linux.

    pip install '.[kit]' && python scripts/build_kit.py

makes dist/private_cloud_environment_check-VERSION-x86_64.tar.gz, its .sha256 and its bill of
materials (.cdx.json). The interpreter is compiled from Debian's source packages, which takes
minutes, and kept in ~/.cache/envcheck-kit by the hash of what it is made of.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from scripts.kit import interpreter  # noqa: E402
from scripts.kit.build import build  # noqa: E402
from scripts.kit.steps import BuildError, say  # noqa: E402


def main() -> int:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, default=REPOSITORY / "dist", metavar="DIR")
    parser.add_argument("--cache", type=Path, default=interpreter.cache_folder(), metavar="DIR")
    parser.add_argument(
        "--rebuild-after",
        type=float,
        metavar="DAYS",
        help="build an interpreter that was built so long ago from nothing; it must come out the same",
    )
    options = parser.parse_args()
    begin = time.monotonic()
    try:
        kit = build(interpreter.obtain(options.cache, options.rebuild_after), options.output)
    except BuildError as error:
        say(str(error))
        return 1
    say(f"built in {time.monotonic() - begin:.0f} s")
    print(kit.archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
