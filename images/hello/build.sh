# berth/hello: a small static web server whose page names its container.
sources=(images/server.c images/page.h images/hello)
packages=(gcc libc6-dev)

build() {
    compile -static -o "$root/hello" images/server.c images/hello/page.c
    config '{"Entrypoint": ["/hello"], "User": "65534:65534", "ExposedPorts": {"80/tcp": {}}}'
}
