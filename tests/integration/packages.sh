#!/bin/sh
# Installs what the integration test needs and the machine lacks: a Tryton 6.0 server with the
# modules of a small distributor, its scripting client, and Postfix with SASL. Needs root.
set -eu

packages="
    tryton-server tryton-proteus
    tryton-modules-sale tryton-modules-sale-supply tryton-modules-sale-shipment-cost
    tryton-modules-purchase tryton-modules-stock-supply
    tryton-modules-stock-package-shipping tryton-modules-stock-split
    postfix sasl2-bin libsasl2-modules openssl"

missing=
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

export DEBIAN_FRONTEND=noninteractive
# The system's own Postfix stays unconfigured and does not start: the test runs its own instance.
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
apt-get -o DPkg::Lock::Timeout=600 -qq update
# shellcheck disable=SC2086
apt-get -o DPkg::Lock::Timeout=600 -qq install -y --no-install-recommends $missing >/dev/null
