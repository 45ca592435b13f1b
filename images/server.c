// The web server inside `berth/hello` and `berth/demo-web`: one thread per connection, keep-alive, one log line per
// request, and a quick end on SIGTERM although it is process 1. What it says is the image's page.c.
//
//   PORT (default 80)    where it listens
//   GET /anything        the page
//   GET /...?wait=MS     the same after MS milliseconds (at most 60 000), to see what happens to slow requests
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "page.h"

enum { requestBytesMax = 16384, pageBytesMax = 4096, waitMillisecondsMax = 60000, idleSeconds = 75 };

static void end(int signal) {
    (void)signal;
    _exit(0);
}

static int sendAll(int connection, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(connection, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return 0;
        bytes += sent;
        count -= (size_t)sent;
    }
    return 1;
}

static void pauseFor(const char *target) {
    const char *found = strstr(target, "?wait=");
    long milliseconds = found ? strtol(found + 6, NULL, 10) : 0;
    if (milliseconds <= 0) return;
    if (milliseconds > waitMillisecondsMax) milliseconds = waitMillisecondsMax;
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

// Answers one request whose head is in `head`; returns whether the connection stays open.
static int answer(int connection, const char *head) {
    char method[16], target[512], page[pageBytesMax], out[pageBytesMax + 256];
    if (sscanf(head, "%15s %511s", method, target) != 2) return 0;
    int headOnly = strcmp(method, "HEAD") == 0;
    // A body we do not read must not be taken for the next request.
    int keep = (headOnly || strcmp(method, "GET") == 0) && strcasestr(head, "\nconnection: close") == NULL
        && strstr(head, " HTTP/1.1\r\n") != NULL;
    pauseFor(target);
    int status = writePage(page, sizeof page);
    int length = snprintf(
        out, sizeof out,
        "HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
        "Connection: %s\r\n\r\n%s",
        status, status == 200 ? "OK" : "Service Unavailable", strlen(page), keep ? "keep-alive" : "close",
        headOnly ? "" : page);
    printf("%s %s %d\n", method, target, status);
    return length > 0 && (size_t)length < sizeof out && sendAll(connection, out, (size_t)length) && keep;
}

static void *serve(void *argument) {
    int connection = (int)(intptr_t)argument;
    char buffer[requestBytesMax];
    size_t filled = 0;
    for (;;) {
        buffer[filled] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (end == NULL) {
            ssize_t count = filled + 1 < sizeof buffer ? recv(connection, buffer + filled, sizeof buffer - 1 - filled, 0) : 0;
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            filled += (size_t)count;
            continue;
        }
        size_t used = (size_t)(end + 4 - buffer);
        end[3] = 0;
        if (!answer(connection, buffer)) break;
        memmove(buffer, buffer + used, filled - used);
        filled -= used;
    }
    close(connection);
    return NULL;
}

int main(void) {
    const char *port = getenv("PORT");
    struct sigaction ending = {.sa_handler = end};
    sigaction(SIGTERM, &ending, NULL);
    sigaction(SIGINT, &ending, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);

    int listener = socket(AF_INET6, SOCK_STREAM, 0), yes = 1, no = 0;
    struct sockaddr_in6 address6 = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(port ? port : "80")), .sin6_addr = in6addr_any};
    struct sockaddr_in address4 = {.sin_family = AF_INET, .sin_port = address6.sin6_port};
    struct sockaddr *address = (struct sockaddr *)&address6;
    socklen_t length = sizeof address6;
    if (listener < 0) {  // A kernel without IPv6.
        listener = socket(AF_INET, SOCK_STREAM, 0);
        address = (struct sockaddr *)&address4;
        length = sizeof address4;
    } else {
        setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    }
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, address, length) != 0 || listen(listener, 1024) != 0) {
        perror("cannot listen");
        return 69;
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    printf("listening on port %d\n", ntohs(address6.sin6_port));
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) continue;
        struct timeval idle = {.tv_sec = idleSeconds};
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, (void *)(intptr_t)connection) != 0) close(connection);
    }
}
