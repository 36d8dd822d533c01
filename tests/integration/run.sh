#!/bin/sh
# The integration test: BACKORDERD=PATH tests/integration/run.sh [story] [kills]
# Installs Tryton and Postfix from Debian where they are missing, runs its own instances of both
# below a temporary folder on loopback ports, and ends them. Ends with 'N passed, N failed'.
set -eu
here=$(dirname "$(readlink -f "$0")")
: "${BACKORDERD:?set it to the path of the built program}"
BACKORDERD=$(readlink -f "$BACKORDERD")
export BACKORDERD

# Postfix starts as root only, as does apt-get.
if [ "$(id -u)" -ne 0 ]; then
    exec sudo --preserve-env=BACKORDERD,BACKORDERD_KEEP,BACKORDERD_SEED "$0" "$@"
fi
"$here/../../.ci/install-packages" test
# Debian's own interpreter: it is the one that sees Debian's Tryton.
exec /usr/bin/python3 -B "$here/scenario.py" "$@"
