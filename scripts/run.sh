#!/bin/sh
# Check this host: sets up what it needs on the first run, then hands all arguments on.
#   sh scripts/run.sh face-server
set -eu
here=$(dirname "$0")
sh "$here/setup.sh" ""
exec "$here/../.venv/bin/envcheck" "$@"
