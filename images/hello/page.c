// A page that names the container it comes from.
#include "../page.h"

#include <stdio.h>
#include <unistd.h>

int writePage(char *out, size_t size) {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    snprintf(out, size,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hello</title>"
        "<h1>Hello from %s</h1><p>This container is served by Berth.</p></html>\n", name);
    return 200;
}
