# Shared by the scripts in this folder: `source "$(dirname "$0")/lib.sh"`. Moves to the project's root.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Every Debian package Berth, its images, and its tests need. All are installed before the first `swift build`: an
# upgrade of headers under /usr/include makes SwiftPM compile everything again.
packages_build=(libsqlite3-dev libpq-dev zlib1g-dev libbrotli-dev libxxhash-dev libqrencode-dev pkg-config)
packages_run=(docker.io iptables iproute2 curl jq ca-certificates)
packages_test=(postgresql brotli openssh-client python3-venv haproxy socat wrk sqlite3 openssl busybox-static strace zbar-tools chromium chromium-driver)

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

# --- Docker Engine and PostgreSQL ---

engine_answers() { docker -H "$1" version >/dev/null 2>&1; }

# Waits until a command succeeds: wait_for SECONDS COMMAND…
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}

# Starts a Docker Engine of its own: start_dockerd SOCKET LOG OPTION…  Its process id is in $dockerd_pid.
# Must run as root; the caller's group may use the socket.
start_dockerd() {
    local socket=$1 log=$2
    shift 2
    if ! mountpoint -q /sys/fs/cgroup && [ -z "$(ls -A /sys/fs/cgroup)" ]; then
        mount -t cgroup2 none /sys/fs/cgroup || die "Control groups are not mounted: mount cgroup2 at /sys/fs/cgroup."
    fi
    mkdir -p "$(dirname "$socket")"
    # HAProxy and hundreds of containers need more open files than a login shell usually gives.
    ulimit -n 65536 2>/dev/null || true
    setsid dockerd --host "unix://$socket" --group "${SUDO_GID:-0}" "$@" >"$log" 2>&1 </dev/null &
    dockerd_pid=$!
    engine_answers_or_ended() { engine_answers "unix://$socket" || ! kill -0 "$dockerd_pid" 2>/dev/null; }
    wait_for 60 engine_answers_or_ended || true
    engine_answers "unix://$socket" || {
        tail -n 5 "$log" >&2
        die "dockerd did not start: its messages above and in $log say why."
    }
}

# Starts a PostgreSQL of its own in the folder given, on a Unix socket there. Stops with stop_postgres.
start_postgres() {
    postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "$postgres_bin/initdb" ] || die "PostgreSQL's server is missing: apt-get install postgresql."
    postgres_dir=$1
    mkdir -p "$postgres_dir"
    chown postgres "$postgres_dir"
    as_postgres "$postgres_bin/initdb" -D "$postgres_dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 \
        >"$postgres_dir/log" || die "PostgreSQL's initdb failed: its messages above say why."
    # Nothing here outlives the tests, so it need not reach the disk.
    cat >>"$postgres_dir/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$postgres_dir'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
END
    as_postgres "$postgres_bin/pg_ctl" -D "$postgres_dir/data" -l "$postgres_dir/server.log" -w start >/dev/null \
        || die "PostgreSQL did not start: $postgres_dir/server.log says why."
}

stop_postgres() { as_postgres "$postgres_bin/pg_ctl" -D "$postgres_dir/data" -m immediate stop >/dev/null 2>&1 || true; }

# In a folder that user postgres may enter, unlike perhaps this one.
as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); }
