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

        The first `fixed` bits stay as they are. `width` is a multiple of eight.
        """
        mask = 0
        for start in range(0, width, 8):
            # Eight levels of a tree, whose 255 nodes have one bit each of one number.
            bits = self.number(kind, b"%d/%x" % (start, value >> (width - start)), 256)
            byte, node = value >> (width - 8 - start) & 0xFF, 1
            for level in range(8):
                mask <<= 1
                if start + level >= fixed:
                    mask |= bits >> node & 1
                node = node << 1 | byte >> (7 - level) & 1
        return value ^ mask
