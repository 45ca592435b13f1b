# berth/ingress: HAProxy from Debian, and `ingress`, which applies a state to it from the inside.
sources=(images/ingress)
packages=(haproxy socat busybox-static util-linux)

build() {
    program /usr/sbin/haproxy
    program /usr/bin/socat
    program /usr/bin/flock
    busybox sh awk cat head tail grep sed tr wc ls ln mv rm mkdir tar kill sleep usleep readlink
    echo 'haproxy:x:99:99:haproxy:/nonexistent:/bin/false' >>"$root/etc/passwd"
    echo 'haproxy:x:99:' >>"$root/etc/group"
    install -D -m 755 images/ingress/ingress.sh "$root/usr/bin/ingress"
    install -D -m 644 images/ingress/boot.cfg "$root/etc/haproxy/states/boot/haproxy.cfg"
    mkdir -p "$root/run/haproxy"
    ln -s states/boot "$root/etc/haproxy/live"
    # Root starts it, for ports below 1024; the worker that talks to the world is user haproxy (see the configuration).
    config '{"Entrypoint": ["/usr/bin/ingress", "run"], "StopSignal": "SIGUSR1"}'
}
