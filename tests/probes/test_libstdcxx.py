"""The C++ runtime's symbol versions: which library counts, and in which order versions do."""

from __future__ import annotations

from envcheck.facts import Known, Unknown
from envcheck.host.base import Failed
from envcheck.host.live import LiveHost
from envcheck.probes import libstdcxx
from envcheck.values import Version
from tests.conftest import Tree
from tests.probes.conftest import Scripted

CACHE = """2 libs found in cache `/etc/ld.so.cache'
\tlibstdc++.so.6 (libc6) => /usr/lib/libstdc++.so.6
\tlibstdc++.so.6 (libc6,x86-64) => /opt/gcc/lib64/libstdc++.so.6
"""
NAMES = [
    "libstdc++.so.6",
    "GLIBCXX_3.4",
    "GLIBCXX_3.4.9",
    "GLIBCXX_3.4.19",
    "GLIBCXX_DEBUG_MESSAGE_LENGTH",
    "CXXABI_1.3.7",
]


def test_nineteen_is_more_than_nine(scripted: Scripted) -> None:
    found = libstdcxx.collect(scripted({"symbols /usr/lib64/libstdc++.so.6": NAMES})).glibcxx
    assert found == Known(Version("3.4.19"), "libstdc++.so.6")


def test_the_linkers_64_bit_one_counts(scripted: Scripted) -> None:
    host = scripted(
        {
            "run ldconfig -p": CACHE,
            "symbols /usr/lib/libstdc++.so.6": ["GLIBCXX_3.4.30"],
            "symbols /opt/gcc/lib64/libstdc++.so.6": ["GLIBCXX_3.4.21"],
            "symbols /usr/lib64/libstdc++.so.6": ["GLIBCXX_3.4.19"],
        }
    )
    assert libstdcxx.collect(host).glibcxx == Known(Version("3.4.21"), "libstdc++.so.6")


def test_a_stale_cache(scripted: Scripted) -> None:
    host = scripted({"run ldconfig -p": CACHE, "symbols /lib64/libstdc++.so.6": NAMES})
    assert libstdcxx.collect(host).glibcxx == Known(Version("3.4.19"), "libstdc++.so.6")


def test_none_and_a_damaged_one(scripted: Scripted) -> None:
    assert isinstance(libstdcxx.collect(scripted({})).glibcxx, Unknown)
    damaged = scripted(
        {"symbols /usr/lib64/libstdc++.so.6": Failed("damaged"), "symbols /lib64/libstdc++.so.6": NAMES}
    )
    assert libstdcxx.collect(damaged).glibcxx == Unknown("damaged")


def test_a_record_with_its_cache(tree: Tree) -> None:
    kept = '{"/opt/gcc/lib64/libstdc++.so.6": ["GLIBCXX_3.4.18"]}'
    host = tree(
        {
            "sos_commands/libraries/ldconfig_-p_-N_-X": CACHE,
            "sos_commands/envcheck/symbol_versions.json": kept,
        }
    )
    assert libstdcxx.collect(host).glibcxx == Known(Version("3.4.18"), "libstdc++.so.6")


def test_this_machine() -> None:
    found = libstdcxx.collect(LiveHost()).glibcxx
    assert isinstance(found, Unknown) or found.value >= Version("3.4.9")
