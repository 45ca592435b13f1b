#!/bin/sh
# The configuration goes in by standard input, so that the password is not in the process table.
set -eu
if [ -z "${REDIS_PASSWORD:-}" ]; then
    echo "REDIS_PASSWORD is empty: give the database a password." >&2
    exit 64
fi
exec redis-server - <<END
bind 0.0.0.0 -::
requirepass $REDIS_PASSWORD
dir /data
appendonly yes
appendfsync everysec
save ""
END
