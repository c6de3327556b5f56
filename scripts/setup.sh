#!/bin/sh
# A virtual environment in .venv with envcheck and what $1 names as an extra ("" or "[test]").
# Nothing is done twice: the environment is made anew only when setup.py has changed.
set -eu
cd "$(dirname "$0")/.."
extra=${1:-}
stamp=".venv/.made-of-$(cksum <setup.py | tr ' ' -)$extra"
[ -e "$stamp" ] && exit 0
python3 -m venv --help >/dev/null 2>&1 && python3 -c 'import ensurepip' 2>/dev/null ||
    { apt-get update -q && apt-get install -y -q python3-venv; } >&2
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --editable ".$extra" >&2
touch "$stamp"
