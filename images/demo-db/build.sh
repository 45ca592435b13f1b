# berth/demo-db: Redis from Debian, with the password of its environment (REDIS_PASSWORD) and its data in /data.
sources=(images/demo-db)
packages=(redis-server redis-tools busybox-static)

build() {
    program /usr/bin/redis-server
    busybox sh
    install -D -m 755 images/demo-db/start.sh "$root/usr/bin/start-redis"
    mkdir -p "$root/data" "$root/tmp"
    owned_by 65534 data tmp
    config '{"Entrypoint": ["/usr/bin/start-redis"], "User": "65534:65534", "ExposedPorts": {"6379/tcp": {}},
        "WorkingDir": "/data"}'
}
