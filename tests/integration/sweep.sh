#!/bin/sh
# The sweeps of faults, the storm and the soak: BACKORDERD=PATH tests/integration/sweep.sh
# sweep.py|disk_faults.py|storm.py|soak.py [OPTIONS]
# Installs strace from Debian where it is missing. Ends with 'N passed, N failed'.
set -eu
here=$(dirname "$(readlink -f "$0")")
: "${BACKORDERD:?set it to the path of the built program}"
BACKORDERD=$(readlink -f "$BACKORDERD")
export BACKORDERD
script=${1:?name a sweep}
# A small file system is mounted as root only, as packages are installed.
if [ "$(id -u)" -ne 0 ]; then
    exec sudo --preserve-env=BACKORDERD,BACKORDERD_KEEP,BACKORDERD_SEED "$0" "$@"
fi
shift
"$here/../../.ci/install-packages" test
exec /usr/bin/python3 -B "$here/$script" "$@"
