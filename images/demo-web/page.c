// A page that proves that the database was reached with its password: it counts its visitors there.
//
//   DB_HOST, DB_PORT (6379), DB_PASSWORD      the database, a berth/demo-db
#define _GNU_SOURCE
#include "../page.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int connectTo(const char *host, const char *port) {
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    struct timeval limit = {.tv_sec = 3};
    int connection = -1;
    if (getaddrinfo(host, port, &wanted, &found) != 0) return -1;
    for (struct addrinfo *each = found; each != NULL && connection < 0; each = each->ai_next) {
        connection = socket(each->ai_family, each->ai_socktype, 0);
        if (connection < 0) continue;
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (connect(connection, each->ai_addr, each->ai_addrlen) != 0) {
            close(connection);
            connection = -1;
        }
    }
    freeaddrinfo(found);
    return connection;
}

// Says who we are and counts one visit. Returns the count, or −1 with the reason in `problem`.
static long count(const char *host, const char *port, const char *password, char *problem, size_t size) {
    char command[1024], reply[256] = "";
    int connection = connectTo(host, port);
    if (connection < 0) {
        snprintf(problem, size, "it cannot be reached at %s:%s", host, port);
        return -1;
    }
    int length = snprintf(command, sizeof command,
        "*2\r\n$4\r\nAUTH\r\n$%zu\r\n%s\r\n*2\r\n$4\r\nINCR\r\n$6\r\nvisits\r\n", strlen(password), password);
    size_t filled = 0;
    if (length > 0 && (size_t)length < sizeof command && send(connection, command, (size_t)length, MSG_NOSIGNAL) == length) {
        // Two lines come back: "+OK" and ":<count>", or an error that begins with "-".
        while (filled < sizeof reply - 1) {
            ssize_t got = recv(connection, reply + filled, sizeof reply - 1 - filled, 0);
            if (got <= 0) break;
            filled += (size_t)got;
            reply[filled] = 0;
            char *first = strstr(reply, "\r\n");
            if (reply[0] == '-' || (first && strstr(first + 2, "\r\n"))) break;
        }
    }
    close(connection);
    char *second = strstr(reply, "\r\n:");
    if (strncmp(reply, "+OK", 3) == 0 && second) return atol(second + 3);
    reply[strcspn(reply, "\r\n")] = 0;
    snprintf(problem, size, "it answered: %s", reply[0] ? reply : "nothing");
    return -1;
}

int writePage(char *out, size_t size) {
    const char *host = getenv("DB_HOST"), *port = getenv("DB_PORT"), *password = getenv("DB_PASSWORD");
    char name[256] = "", problem[512] = "";
    gethostname(name, sizeof name - 1);
    long visits = count(host ? host : "db", port && port[0] ? port : "6379", password ? password : "", problem, sizeof problem);
    if (visits < 0) {
        snprintf(out, size, "<!doctype html><title>No database</title><h1>%s has no database</h1><p>%s</p>\n", name, problem);
        return 503;
    }
    snprintf(out, size,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Demo</title>"
        "<h1>Hello from %s</h1><p>The database has counted %ld visits.</p></html>\n", name, visits);
    return 200;
}
