#!/bin/sh
# Applies a state to the HAProxy of this container. Berth calls it through the engine's exec.
#
#   ingress run            starts HAProxy as process 1
#   ingress apply STATE    make /etc/haproxy/states/STATE (haproxy.cfg, hosts.map) the live one. Prints what was needed:
#                          "unchanged", "map" (through the runtime API) or "reload".
#                          65: HAProxy refuses it, its message is printed. 66: it is not (wholly) there. 70: HAProxy did
#                          not come up with it; the state before is live again.
#   ingress status         prints description of the running configuration, generation of the running map, and how many
#                          workers of earlier configurations still serve connections
#   ingress servers        prints HAProxy's statistics of all servers as CSV
#
# A state carries its identity where the running process can be asked for it: the configuration as its `description`, the
# map as the value of the key `!generation`. /etc/haproxy/live is a link, switched at once, read again after a restart.
set -eu
states=/etc/haproxy/states
live=/etc/haproxy/live
map=hosts.map

ask() { printf '%s\n' "$1" | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock 2>/dev/null; }
ask_master() { printf '%s\n' "$1" | socat -t 5 - UNIX-CONNECT:/run/haproxy/master.sock 2>/dev/null; }

description() { ask 'show info' | sed -n 's/^description: //p'; }
generation() { ask "get map $map !generation" | sed -n 's/.*found=yes.* value="\([^"]*\)".*/\1/p'; }
worker() { ask 'show info' | sed -n 's/^Pid: //p'; }
# Process ids of workers that a reload has told to end when their connections have.
old_workers() { ask_master 'show proc' | awk '/^# old workers/ {old = 1; next} /^#/ {old = 0} old && $2 == "worker" {print $1}'; }
reloads() { ask_master 'show proc' | awk '$2 == "master" {print $3}'; }
failed_reloads() { ask_master 'show proc' | sed -n 's/.* master .*\[failed: \([0-9]*\)\].*/\1/p'; }

# Identities written in the files of a state.
written_description() { sed -n 's/^ *description //p' "$1/haproxy.cfg"; }
written_generation() { [ ! -e "$1/$map" ] || sed -n 's/^!generation //p' "$1/$map"; }

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

# Makes the master read its files again, and waits until a new worker with that state accepts connections.
reload() {
    before=$(worker || true)
    count=$(reloads || true)
    kill -USR2 1
    tries=0
    while [ $tries -lt 200 ]; do
        tries=$((tries + 1))
        usleep 20000
        now=$(reloads || true)
        { [ -n "$now" ] && [ "$now" != "${count:-0}" ]; } || continue
        [ "$(failed_reloads || true)" = 0 ] || return 1
        pid=$(worker || true)
        { [ -n "$pid" ] && [ "$pid" != "$before" ]; } || continue
        [ "$(description || true)" = "$(written_description "$live")" ] || continue
        if old_workers_stopped; then return 0; fi
    done
    return 1
}

# Brings the running map from the live file's content to that of the state. The generation goes last.
update_map() {
    awk -v map="$map" '
        $1 == "!generation" {if (NR != FNR) generation = $2; next}
        NR == FNR {old[$1] = $2; next}
        !($1 in old) {print "add map", map, $1, $2}
        ($1 in old) && old[$1] != $2 {print "set map", map, $1, $2}
        {delete old[$1]}
        END {for (host in old) print "del map", map, host; print "set map", map, "!generation", generation}
    ' "$live/$map" "$1/$map" >"/run/haproxy/changes"
    # Every line is answered by an empty one; anything else is a refusal.
    said=$({ echo prompt; cat /run/haproxy/changes; } | socat -t 5 - UNIX-CONNECT:/run/haproxy/admin.sock | tr -d '>\n ')
    [ -z "$said" ] && [ "$(generation)" = "$(written_generation "$1")" ]
}

run() {
    # Not every kernel has IPv6; the configuration asks for this variable.
    [ ! -e /proc/net/if_inet6 ] || export BERTH_IPV6=yes
    exec haproxy -W -db -S /run/haproxy/master.sock,mode,600 -f "$live/haproxy.cfg"
}

apply() {
    state=$states/$1
    exec 9>/run/haproxy/lock
    flock -w 20 9 || { echo "Another change of the ingress takes too long."; exit 70; }
    { [ -s "$state/haproxy.cfg" ] && [ -s "$state/$map" ]; } || { echo "The state $1 is not there."; exit 66; }
    running=$(description || true)
    running_map=$(generation || true)
    before=$(readlink "$live")
    before=${before#states/}
    if [ "$running" = "$(written_description "$state")" ]; then
        if [ "$running_map" = "$(written_generation "$state")" ]; then
            [ "$before" = "$1" ] || point_live_at "$1"
            echo unchanged
            return
        fi
        if [ "$running_map" = "$(written_generation "$live")" ] && update_map "$state"; then
            point_live_at "$1"
            tidy "$1" "$before"
            echo map
            return
        fi
    fi
    message=$(haproxy -c -f "$state/haproxy.cfg" 2>&1) || { echo "$message" | grep -v '^\[NOTICE\]'; exit 65; }
    point_live_at "$1"
    if reload; then
        tidy "$1" "$before"
        echo reload
        return
    fi
    point_live_at "$before"
    reload || true
    echo "HAProxy accepts the configuration but does not start with it; its log says why. Usually the port is taken."
    exit 70
}

# Forgets all states but the live one and the one before it.
tidy() {
    for each in "$states"/*; do
        name=${each##*/}
        [ "$name" = "$1" ] || [ "$name" = "$2" ] || rm -rf "$each"
    done
}

case ${1:-} in
    apply) apply "$2" ;;
    run) run ;;
    status)
        running=$(description || true) running_map=$(generation || true)
        echo "${running:--} ${running_map:--} $(old_workers | wc -l)"
        ;;
    servers) ask 'show stat -1 4 -1' ;;
    *) echo "usage: ingress run | apply STATE | status | servers" >&2; exit 64 ;;
esac
