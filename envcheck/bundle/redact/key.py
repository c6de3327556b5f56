"""The secret behind one set of pseudonyms, and what is drawn from it."""

from __future__ import annotations

import secrets
from hashlib import blake2b

_SIZE = 32


class Key:
    """Draws bits that look random and are the same each time for the same secret and input.

    So a pseudonym need not be remembered to be given again, and inputs of any size need
    no more memory than small ones.
    """

    def __init__(self, secret: bytes = b"") -> None:
        self.secret = secret or secrets.token_bytes(_SIZE)

    def number(self, kind: str, value: bytes, bits: int) -> int:
        """A number of up to 256 bits."""
        digest = blake2b(value, key=self.secret, person=kind.encode()[:16], digest_size=_SIZE)
        return int.from_bytes(digest.digest(), "big") & ((1 << bits) - 1)

    def digits(self, kind: str, value: bytes, count: int) -> bytes:
        """`count` hexadecimal digits, at most 64."""
        return b"%0*x" % (count, self.number(kind, value, 4 * count))

    def keeping_prefixes(self, kind: str, value: int, width: int, fixed: int = 0) -> int:
        """Another number of `width` bits; two numbers share as many leading bits after as before.

        The first `fixed` bits stay as they are.
        """
        mask = 0
        for done in range(fixed, width):
            prefix = b"%d/%x" % (done, value >> (width - done))
            mask |= self.number(kind, prefix, 1) << (width - 1 - done)
        return value ^ mask
