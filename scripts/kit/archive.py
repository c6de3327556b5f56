"""Packs a directory into a .tar.gz that depends on its files alone: `archive.py DIRECTORY FILE EPOCH`.

Run by the kit's own interpreter, so that not even the builder's zlib matters.
"""

import gzip
import os
import sys
import tarfile


def main(directory: str, file: str, epoch: int) -> None:
    """Pack, in the order of names, everything belonging to root."""
    with (
        open(file, "wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        _add(archive, directory, os.path.basename(directory), epoch)


def _add(archive: tarfile.TarFile, path: str, name: str, epoch: int) -> None:
    member = archive.gettarinfo(path, name)
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = epoch
    if member.isdir():
        archive.addfile(member)
        for below in sorted(os.listdir(path)):
            _add(archive, os.path.join(path, below), f"{name}/{below}", epoch)
    else:
        with open(path, "rb") as stream:
            archive.addfile(member, stream)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
