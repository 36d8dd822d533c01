#!/bin/sh
# Checks the systemd unit: `systemd-analyze verify` must accept it, and `systemd-analyze security`
# must rate its exposure at no more than 1.5 (10 is no protection at all).
# Usage: check.sh [FOLDER-WITH-THE-UNIT]. Exit 77 (skipped) where there is no systemd-analyze.
set -eu

folder=${1:-$(dirname "$0")/../../config/systemd}
limit=1.5

if ! command -v systemd-analyze >/dev/null; then
    echo "systemd-analyze is missing: apt-get install systemd"
    exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# verify looks for the executable; where the package is not installed, /bin/true stands in for it.
if [ -x /usr/bin/backorderd ]; then
    cp "$folder/backorderd.service" "$scratch/"
else
    sed 's|^ExecStart=/usr/bin/backorderd |ExecStart=/bin/true |' \
        "$folder/backorderd.service" >"$scratch/backorderd.service"
fi
# A complaint about this unit is a failure even where verify only warns and exits with 0. It also
# reads the machine's own units, whose faults are not ours.
systemd-analyze verify --man=no "$scratch/backorderd.service" >"$scratch/verify" 2>&1 || {
    cat "$scratch/verify"
    echo "FAILED: systemd-analyze verify refuses the unit"
    exit 1
}
if grep -F backorderd.service "$scratch/verify"; then
    echo "FAILED: systemd-analyze verify has complaints"
    exit 1
fi
echo "systemd-analyze verify accepts the unit"

exposure=$(systemd-analyze security --offline=true --no-pager "$folder/backorderd.service" |
    sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
if [ -z "$exposure" ]; then
    echo "FAILED: systemd-analyze security names no exposure"
    exit 1
fi
if awk -v is="$exposure" -v limit="$limit" 'BEGIN { exit !(is > limit) }'; then
    systemd-analyze security --offline=true --no-pager "$folder/backorderd.service"
    echo "FAILED: the exposure is $exposure, more than $limit"
    exit 1
fi
echo "systemd-analyze security: exposure $exposure, at most $limit is allowed"

if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers --root="$scratch" --dry-run - <"$folder/backorderd.sysusers" >/dev/null
    echo "systemd-sysusers accepts the user"
fi
