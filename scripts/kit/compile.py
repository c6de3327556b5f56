"""The interpreter, compiled for any x86_64 Linux from glibc 2.17 on, with its libraries linked in."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Union

from scripts.kit.steps import HERE, run, say

TARGET = "x86_64-linux-gnu.2.17"
"""CentOS 7's glibc, the oldest that the modules' own rule sets admit."""
MODULES = HERE / "Setup.local"
PROBE = HERE / "probe.c"

_NO_AUTOTOOLS = [f"{name}=:" for name in ("ACLOCAL", "AUTOCONF", "AUTOHEADER", "AUTOMAKE", "MAKEINFO")]
"""The patches touch what the generated files are made of; those are fine as they are."""


class Compiler:
    """Zig's C compiler with its caches in `folder`, where everything is built."""

    def __init__(self, zig: Path, folder: Path) -> None:
        self._zig = zig
        self._folder = folder
        self._prefix = folder / "libraries"
        for place in ("include", "lib"):
            (self._prefix / place).mkdir(parents=True)
        wrapper = folder / "cc"
        wrapper.write_text(f'#!/bin/sh\nexec "{zig}" cc -target {TARGET} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        # No path of the builder's and no date gets into what is built.
        plain = f"-O3 -fPIC -fno-sanitize=all -ffile-prefix-map={folder}=. -Wno-date-time"
        self._env = {
            "CC": str(wrapper),
            "AR": f"{zig} ar",
            "RANLIB": f"{zig} ranlib",
            "CFLAGS": plain,
            "LDFLAGS": f"-s -L{self._prefix}/lib",
            "CPPFLAGS": f"-I{self._prefix}/include",
            "ZIG_GLOBAL_CACHE_DIR": str(folder / "zig-cache"),
            "ZIG_LOCAL_CACHE_DIR": str(folder / "zig-cache"),
        }

    def do(self, where: Path, *argv: Union[str, Path]) -> str:
        """Run a command of the build of what lies in `where`."""
        return run(argv, where, self._env)

    def make(self, where: Path, *targets: Union[str, Path]) -> None:
        """Run make on every core."""
        tools = [f"{name}={self._env[name]}" for name in ("CC", "AR", "RANLIB")]
        self.do(where, "make", f"-j{os.cpu_count() or 1}", *tools, *_NO_AUTOTOOLS, *targets)

    def configure(self, where: Path, *options: str) -> None:
        """Run an autoconf script."""
        self.do(where, "./configure", "--build=x86_64-pc-linux-gnu", *options)

    @property
    def static(self) -> tuple[str, ...]:
        """Options of an autoconf script for a static library that the interpreter finds."""
        return (
            f"--prefix={self._prefix}",
            f"--libdir={self._prefix}/lib",
            "--disable-shared",
            "--enable-static",
        )

    def install(self, file: Path) -> None:
        """Put a library or a header where the interpreter finds it."""
        shutil.copy(file, self._prefix / ("lib" if file.suffix == ".a" else "include"))

    def link(self, source: Path, target: Path, *options: str) -> None:
        """Compile and link one C file."""
        flags = self._env["CFLAGS"].split()
        self.do(self._folder, self._env["CC"], *flags, "-s", "-o", target, source, *options)


def build(compiler: Compiler, unpacked: dict[str, Path]) -> Path:
    """Build the interpreter from the sources; the path of the executable.

    What does not need the other is configured and compiled side by side.
    """
    say("compiling zlib, bzip2, liblzma, libffi and the interpreter")
    source = unpacked["python3.11"]
    jobs = (
        lambda: compiler.configure(source, "--without-ensurepip", "OPT=-DNDEBUG -fwrapv -w"),
        lambda: _small(compiler, unpacked),
        lambda: _xz(compiler, unpacked["xz-utils"]),
        lambda: _ffi(compiler, unpacked["libffi"]),
    )
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    shutil.copy(MODULES, source / "Modules/Setup.local")
    for file in (unpacked["expat"] / "expat/lib").glob(
        "*.[ch]"
    ):  # Debian's mends faults of Python's own copy
        shutil.copy(file, source / "Modules/expat" / file.name)
    compiler.do(source, "make", "Makefile")
    compiler.make(source, "python")
    return source / "python"


def _small(compiler: Compiler, unpacked: dict[str, Path]) -> None:
    compiler.do(unpacked["zlib"], "./configure", "--static")
    compiler.make(unpacked["zlib"], "libz.a")
    compiler.make(unpacked["bzip2"], "libbz2.a")
    for name, files in {"zlib": ("libz.a", "zlib.h", "zconf.h"), "bzip2": ("libbz2.a", "bzlib.h")}.items():
        for file in files:
            compiler.install(unpacked[name] / file)


def _xz(compiler: Compiler, source: Path) -> None:
    unused = ("xz", "xzdec", "lzmadec", "lzmainfo", "lzma-links", "scripts", "doc", "nls")
    compiler.configure(source, *compiler.static, *(f"--disable-{name}" for name in unused))
    compiler.make(source, "-C", "src/liblzma", "install")


def _ffi(compiler: Compiler, source: Path) -> None:
    # Its trampolines for callbacks would lie in a temporary file; nothing here has callbacks.
    compiler.configure(source, *compiler.static, "--disable-docs", "--disable-exec-static-tramp")
    compiler.make(source, "install")


def link_probe(compiler: Compiler, target: Path) -> None:
    """Build the program that tells whether the interpreter can start."""
    compiler.link(PROBE, target, "-Wl,--no-as-needed", "-lm", "-lpthread", "-ldl", "-lutil")


def release(zig_version: str) -> str:
    """What makes the result what it is besides the sources: the compiler and this recipe."""
    recipe = [Path(__file__).read_text(encoding="utf-8"), MODULES.read_text(encoding="utf-8")]
    return "\n".join([zig_version, TARGET, *recipe])
