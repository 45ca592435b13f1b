# Shared by the scripts in this folder: `source "$(dirname "$0")/lib.sh"`. Moves to the project's root.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Every Debian package Berth, its images, and its tests need. All are installed before the first `swift build`: an
# upgrade of headers under /usr/include makes SwiftPM compile everything again.
packages_build=(libsqlite3-dev libpq-dev pkg-config lld)
packages_run=(docker.io iptables curl jq ca-certificates)
packages_test=(postgresql haproxy socat wrk)

began=$SECONDS

# One line of progress, with the seconds since the script began.
say() { printf '\033[1m▸ %s\033[0m \033[2m(%d s)\033[0m\n' "$*" $((SECONDS - began)) >&2; }

# Ends the script with one sentence that says what to do.
die() {
    printf '\033[31m✗ %s\033[0m\n' "$*" >&2
    exit 1
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || die "This needs root: run the script as root, or install sudo."
    sudo "$@"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Says which of the given packages are not installed.
missing_packages() {
    local package
    for package; do is_installed "$package" || echo "$package"; done
}

# Refreshes apt's lists at most once, and only when something is to be fetched.
apt_ready() {
    [ -z "${apt_is_ready:-}" ] || return 0
    apt_is_ready=yes
    as_root apt-get update -qq || die "apt-get update failed: check the network and /etc/apt/sources.list, then run this again."
}

# Installs the given Debian packages that are missing. Their services are not started.
install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "Install these by hand, this is no Debian: ${missing[*]}."
    say "Installing ${missing[*]}"
    apt_ready
    local guard=/usr/sbin/policy-rc.d made=
    if [ ! -e $guard ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $guard >/dev/null
        as_root chmod 755 $guard
        made=yes
    fi
    local status=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-upgrade \
        "${missing[@]}" >/dev/null || status=$?
    [ -z "$made" ] || as_root rm -f $guard
    [ $status = 0 ] || die "apt-get install ${missing[*]} failed: read its message above, put it right, then run this again."
}
