# berth/demo-web: a page that proves that it reached its database (berth/demo-db). For tests and demonstrations.
sources=(images/server.c images/page.h images/demo-web)
packages=(gcc libc6-dev)

build() {
    # Not static: it looks names up, and glibc does that with its shared libraries only.
    compile -o "$work/demo-web" images/server.c images/demo-web/page.c
    program "$work/demo-web" /demo-web
    config '{"Entrypoint": ["/demo-web"], "User": "65534:65534", "ExposedPorts": {"80/tcp": {}}}'
}
