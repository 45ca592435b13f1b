#!/bin/sh
# Applies a state to the HAProxy of this container. Berth calls it through the engine's exec.
#
#   ingress run            starts HAProxy as process 1
#   ingress apply STATE    make /etc/haproxy/states/STATE (haproxy.cfg, hosts.map) the live one. Prints what was needed:
#                          "unchanged", "runtime" (through the runtime API) or "reload".
#                          65: HAProxy refuses it, its message is printed. 66: it is not (wholly) there. 70: HAProxy did
#                          not come up with it; the state before is live again.
#   ingress take STATE N   the same with a state that comes on standard input as a tar archive of N bytes
#   ingress status         prints description of the running configuration, generation of the running map, and how many
#                          workers of earlier configurations still serve connections
#   ingress servers        prints HAProxy's statistics of all servers as CSV
#
# A state is called DESCRIPTION-GENERATION: of what needs a reload and of what does not. It carries both where the running
# process can be asked for them, as the configuration's `description` and as the value of the map's key `!generation`.
# /etc/haproxy/live is a link, switched at once, read again after a restart. Somebody waits for every change, so there are
# few processes on the way to it.
set -eu
states=/etc/haproxy/states
live=/etc/haproxy/live
map=hosts.map

ask() { printf '%s\n' "$1" | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock 2>/dev/null; }
ask_master() { printf '%s\n' "$1" | socat -t 5 - UNIX-CONNECT:/run/haproxy/master.sock 2>/dev/null; }

# Description of the running configuration, and generation of the running map when it has one, a line each.
running() { ask "show info;get map $map !generation" | sed -n 's/^description: //p; s/.*found=yes.* value="\([^"]*\)".*/\1/p'; }
worker() { ask 'show info' | sed -n 's/^Pid: //p'; }
# Process ids of workers that a reload has told to end when their connections have.
old_workers() { ask_master 'show proc' | awk '/^# old workers/ {old = 1; next} /^#/ {old = 0} old && $2 == "worker" {print $1}'; }
# How often the master was asked to reload, and how many times in a row that failed.
reloads() { ask_master 'show proc' | awk '$2 == "master" {failed = match($0, /failed: [0-9]+/) ? substr($0, RSTART + 8, RLENGTH - 8) : 0; print $3, failed}'; }

# Workers that were told to end no longer accept connections.
old_workers_stopped() {
    for pid in $(old_workers); do
        stopping=$(ask_master "@!$pid show info" | sed -n 's/^Stopping: //p')
        [ "${stopping:-1}" = 1 ] || return 1
    done
}

point_live_at() {
    ln -s "states/$1" "$live.new.$$"
    mv -T "$live.new.$$" "$live"
}

# Makes the master read its files again, and waits until a new worker with the description $1 accepts connections.
reload() {
    old_worker=$(worker || true)
    count=$(reloads || true)
    kill -USR2 1
    tries=0
    while [ $tries -lt 200 ]; do
        tries=$((tries + 1))
        usleep 20000
        now=$(reloads || true)
        { [ -n "$now" ] && [ "${now% *}" != "${count% *}" ]; } || continue
        [ "${now#* }" = 0 ] || return 1
        pid=$(worker || true)
        { [ -n "$pid" ] && [ "$pid" != "$old_worker" ]; } || continue
        # shellcheck disable=SC2046  # Two words without spaces.
        set -- "$1" $(running || true)
        [ "${2:-}" = "$1" ] || continue
        if old_workers_stopped; then return 0; fi
    done
    return 1
}

# Brings what needs no reload from the live state to the given one: which servers are in service, where hosts lead. The
# generation goes last.
update() {
    {
        echo prompt
        awk '
            $1 == "backend" {backend = $2}
            $1 != "server" {next}
            {server = backend "/" $2; state = $NF == "disabled" ? "maint" : "ready"}
            NR == FNR {old[server] = state; next}
            old[server] != state {print "set server", server, "state", state}
        ' "$live/haproxy.cfg" "$states/$1/haproxy.cfg"
        awk -v map="$map" '
            $1 == "!generation" {if (NR != FNR) generation = $2; next}
            NR == FNR {old[$1] = $2; next}
            !($1 in old) {print "add map", map, $1, $2}
            ($1 in old) && old[$1] != $2 {print "set map", map, $1, $2}
            {delete old[$1]}
            END {
                for (host in old) print "del map", map, host
                print "set map", map, "!generation", generation
                print "get map", map, "!generation"
            }
        ' "$live/$map" "$states/$1/$map"
    } >/run/haproxy/changes
    # Every change is answered by an empty line, the question at the end by a full one; more is a refusal.
    said=$(socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock </run/haproxy/changes | tr -d '>\n ')
    case $said in type=*,found=yes,*value=\"${1#*-}\"*) ;; *) return 1 ;; esac
}

run() {
    # Not every kernel has IPv6; the configuration asks for this variable.
    [ ! -e /proc/net/if_inet6 ] || export BERTH_IPV6=yes
    exec haproxy -W -db -S /run/haproxy/master.sock,mode,600 -f "$live/haproxy.cfg"
}

apply() {
    { [ -s "$states/$1/haproxy.cfg" ] && [ -s "$states/$1/$map" ]; } || { echo "The state $1 is not there."; exit 66; }
    before=$(readlink "$live")
    before=${before#states/}
    # shellcheck disable=SC2046  # Two words without spaces.
    set -- "$1" $(running || true)
    if [ "${2:-}" = "${1%-*}" ]; then
        if [ "${3:-}" = "${1#*-}" ]; then
            [ "$before" = "$1" ] || point_live_at "$1"
            echo unchanged
            return
        fi
        if [ "${3:-}" = "${before#*-}" ] && update "$1"; then
            point_live_at "$1"
            tidy "$1" "$before"
            echo runtime
            return
        fi
    fi
    message=$(haproxy -c -f "$states/$1/haproxy.cfg" 2>&1) || { echo "$message" | grep -v '^\[NOTICE\]'; exit 65; }
    point_live_at "$1"
    if reload "${1%-*}"; then
        tidy "$1" "$before"
        echo reload
        return
    fi
    point_live_at "$before"
    reload "${before%-*}" || true
    echo "HAProxy accepts the configuration but does not start with it; its log says why. Usually the port is taken."
    exit 70
}

# Reads a state of $2 bytes from standard input, whose end not every connection can tell, and puts it in its place when it
# is whole, so that no half one is ever seen there.
bring() {
    incoming=/run/haproxy/incoming
    rm -rf $incoming
    mkdir $incoming
    head -c "$2" | tar -x -f - -C $incoming || { echo "The state $1 did not arrive whole."; exit 66; }
    [ ! -s "$states/$1/haproxy.cfg" ] || return 0
    rm -rf "${states:?}/$1"
    mv "$incoming/$1" "$states/"
}

alone() {
    exec 9>/run/haproxy/lock
    flock -w 20 9 || { echo "Another change of the ingress takes too long."; exit 70; }
}

# Forgets all states but the live one and the one before it.
tidy() {
    for each in "$states"/*; do
        name=${each##*/}
        [ "$name" = "$1" ] || [ "$name" = "$2" ] || rm -rf "$each"
    done
}

case ${1:-} in
    apply) alone; apply "$2" ;;
    take) alone; bring "$2" "$3"; apply "$2" ;;
    run) run ;;
    status)
        # shellcheck disable=SC2046  # Two words without spaces.
        set -- $(running || true)
        echo "${1:--} ${2:--} $(old_workers | wc -l)"
        ;;
    servers) ask 'show stat -1 4 -1' ;;
    *) echo "usage: ingress run | apply STATE | take STATE N | status | servers" >&2; exit 64 ;;
esac
