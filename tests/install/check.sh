#!/bin/sh
# Installs a build below a temporary folder and looks for what Debian expects where it expects it.
# Usage: check.sh BUILD-FOLDER
set -eu
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
DESTDIR=$stage cmake --install "$1" --prefix /usr >/dev/null

missing=0
for path in bin/backorderd share/man/man8/backorderd.8 \
    lib/systemd/system/backorderd.service lib/sysusers.d/backorderd.conf \
    share/backorderd/templates/opened.en.mustache share/backorderd/rules.d/40-cadence.yaml \
    share/backorderd/migrations/0001-core.sql share/backorderd/schema/rules.schema.json \
    share/doc/backorderd/README.md share/doc/backorderd/examples/backorderd.yaml \
    share/doc/backorderd/examples/rules.d/40-cadence.yaml \
    share/doc/backorderd/examples/templates/opened.de.mustache; do
    [ -s "$stage/usr/$path" ] || { echo "missing: /usr/$path"; missing=1; }
done
[ $missing = 0 ] || exit 1

# The examples are a configuration that works, and the installed binary finds its demo's files.
"$stage/usr/bin/backorderd" check --config "$stage/usr/share/doc/backorderd/examples/backorderd.yaml"
"$stage/usr/bin/backorderd" version
man --warnings --local-file "$stage/usr/share/man/man8/backorderd.8" 2>&1 >/dev/null | tee "$stage/man"
[ ! -s "$stage/man" ]
