#!/bin/sh
# The integration test of SMS: BACKORDERD=PATH tests/integration/sms.sh
# Installs Kannel from Debian where it is missing, runs an instance of its own with its fake SMSC on
# loopback ports, and ends it. Ends with 'N passed, N failed'.
set -eu
here=$(dirname "$(readlink -f "$0")")
: "${BACKORDERD:?set it to the path of the built program}"
BACKORDERD=$(readlink -f "$BACKORDERD")
export BACKORDERD
"$here/../../.ci/install-packages" test
exec /usr/bin/python3 -B "$here/sms_scenario.py"
