#include "gateway/gateway.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "gateway/http.h"
#include "gateway/route.h"

static void say(const char *level, const char *text)
{
    char now[CLOCK_TEXT];
    clock_to_text(clock_ms(), now);
    fprintf(stderr, "{\"time\":\"%s\",\"level\":\"%s\",\"text\":\"%s\"}\n", now, level, text);
}

static void say_ready(void)
{
    const char *fd = getenv("STEMMA_READY_FD");
    char *end;
    long number = fd ? strtol(fd, &end, 10) : -1;
    if (fd && *fd && *end == '\0' && number > 2 && write((int)number, "READY\n", 6) == 6)
        close((int)number);
    say("info", "ready");
}

static void describe_routes(void)
{
    puts("# Paths of service gateway\n\n| path | verb | |\n|---|---|---|");
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        if (route_is_offered(v))
            printf("| `POST /api/%s/%s%s` | %s | %s |\n", v->service, v->verb, v->kind == VERB_ACT ? "/{prepare,commit}" : "",
                   verb_kind_name(v->kind), v->doc);
    }
}

static int describe(struct arena *a, const char *what)
{
    struct buf b = buf_new(a);
    if (strcmp(what, "routes") == 0) {
        describe_routes();
        return 0;
    }
    if (strcmp(what, "settings") != 0)
        return 2;
    buf_put(&b, "# Settings of service gateway\n\n");
    gateway_settings_doc(&b);
    fputs(b.text, stdout);
    return 0;
}

static int serve(const struct gateway_settings *settings, struct err *e)
{
    sigset_t stop;
    struct http *http;
    int number;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);   /* before any thread, which inherits it */
    signal(SIGPIPE, SIG_IGN);
    int code = http_new(settings, &http, e);
    if (code != 0)
        return code;
    say_ready();
    sigwait(&stop, &number);
    say("info", "stopping");
    sigprocmask(SIG_UNBLOCK, &stop, NULL);   /* a second signal ends at once */
    http_free(http);
    return 0;
}

static int usage(FILE *to)
{
    fputs("stemma-gateway --config FILE | --check-config FILE | --describe settings|routes | --version | --help\n", to);
    return to == stdout ? 0 : 2;
}

int gateway_main(int argc, char **argv)
{
    struct arena *a = arena_new(0);
    struct gateway_settings settings;
    struct err e = {0};
    int status = 2;
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "--help") == 0) {
        status = usage(stdout);
    } else if (strcmp(what, "--version") == 0) {
        puts("stemma-gateway " STEMMA_VERSION);
        status = 0;
    } else if (argc == 3 && strcmp(what, "--describe") == 0) {
        status = describe(a, argv[2]);
    } else if (argc == 3 && (strcmp(what, "--config") == 0 || strcmp(what, "--check-config") == 0)) {
        int code = gateway_settings_read(a, argv[2], &settings, &e);
        if (code == 0 && strcmp(what, "--config") == 0)
            code = serve(&settings, &e);
        if (code != 0)
            fprintf(stderr, "stemma-gateway: %s\n", e.text);
        status = code != 0;
    } else {
        status = usage(stderr);
    }
    arena_free(a);
    return status;
}
