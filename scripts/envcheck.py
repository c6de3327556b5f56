"""The launcher of the unpacked kit: `python envcheck.py ...` by any Python, 2.7 or 3.

It only hands on to `envcheck` beside it, which starts the kit's own interpreter.
"""

import os
import sys

TABLE = """\
Not met:
Module    Check       Meaning           Requirement      Actual result or
                                                         error message
--------  ----------  ----------------  ---------------  --------------------
envcheck  kit         The kit itself    can start        %s

The conclusion of environment checking is :fail
"""


def main():  # type: () -> None
    """Become the kit's own process; where not even that can be, say so and end with 1."""
    here = os.path.dirname(os.path.realpath(__file__))
    try:
        os.execv("/bin/sh", ["sh", os.path.join(here, "envcheck")] + sys.argv[1:])  # noqa: RUF005, S606
    except (OSError, AttributeError) as error:
        sys.stdout.write(TABLE % ("/bin/sh: %s" % error))
        sys.exit(1)


if __name__ == "__main__":
    main()
