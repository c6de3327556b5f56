#!/bin/sh
# Run the tests: sets up what they need (as root also the system packages), hands arguments to pytest.
#   sh scripts/test.sh
set -eu
cd "$(dirname "$0")/.."
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
missing=
need dockerd docker.io
need iptables iptables
need gcc gcc
need mkfs.xfs xfsprogs
need mkfs.btrfs btrfs-progs
need ip iproute2
need kubectl kubernetes-client
need mariadbd mariadb-server
need nginx nginx-light
need openssl openssl
need sos sosreport
need lspci pciutils
[ -e /bin/busybox ] || [ -e /usr/bin/busybox ] || missing="$missing busybox-static"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q $missing; } >&2
    else
        echo "missing, so the tests that need them are skipped:$missing" >&2
    fi
fi
sh scripts/setup.sh "[test]"
# One process a core; the tests of a file share what it sets up, such as an engine.
exec .venv/bin/python -m pytest --numprocesses auto --dist loadfile "$@"
