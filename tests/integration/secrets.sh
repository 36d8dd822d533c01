#!/bin/sh
# Canary secrets before servers that refuse them: BACKORDERD=PATH tests/integration/secrets.sh
# Needs nothing but loopback. Ends with 'N passed, N failed'.
set -eu
here=$(dirname "$(readlink -f "$0")")
: "${BACKORDERD:?set it to the path of the built program}"
BACKORDERD=$(readlink -f "$BACKORDERD")
export BACKORDERD
exec /usr/bin/python3 -B "$here/secrets_scenario.py"
