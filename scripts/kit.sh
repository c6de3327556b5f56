#!/bin/sh
# Build the kit into dist/: sets up what that needs, hands arguments to build_kit.py.
#   sh scripts/kit.sh
set -eu
cd "$(dirname "$0")/.."
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
missing=
need dpkg-source dpkg-dev
need make make
need patch patch
need xz xz-utils
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q $missing; } >&2
    else
        echo "missing, so the interpreter cannot be built:$missing" >&2
    fi
fi
sh scripts/setup.sh "[kit]"
exec .venv/bin/python scripts/build_kit.py "$@"
