/* service_main: from the command line to the loop and out again. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/version.h"
#include "file/file.h"
#include "service/began.h"
#include "service/clock_watch.h"
#include "service/describe.h"
#include "service/dispatch.h"
#include "service/group.h"
#include "service/log.h"
#include "service/metrics.h"
#include "service/promise.h"
#include "service/replay.h"
#include "service/revoked.h"
#include "service/settings.h"
#include "wire/server.h"

#define GROUP_MAX 256
#define FIRST_MAX 8     /* read while the database is idle; whatever else waits is read while it works on these */
#define VERSION "0.1.0"

static volatile sig_atomic_t asked_to_stop;
static int64_t started_us;
static struct cms_trust *trust;
static const char *instance_name = "";
static const char *(*attention)(struct arena *a);

/** Requests that were taken and read, to be run together. */
struct batch {
    struct wire_request request[GROUP_MAX];
    struct work work[GROUP_MAX];
    size_t count;
};

struct running {
    const struct service *service;
    struct service whole;             /* the service with the frame's own verbs */
    struct binding verbs[64];
    struct db *db;
    struct wire_server *server;
    struct batch *now, *next;
    size_t max;                       /* of a batch */
};

static void on_stop(int signal)
{
    (void)signal;
    asked_to_stop++;
    if (asked_to_stop > 1)
        _exit(1);                     /* asked twice: leave now; nothing unanswered was promised */
}

struct cms_trust *service_cms_trust(void)
{
    return trust;
}

/* what needs somebody now: the service's own matter and the machine's clock */
static const char *attentions(struct arena *a)
{
    const char *own = attention == NULL ? NULL : attention(a), *clock = clock_watch_sentence(a);
    return own != NULL && clock != NULL ? arena_printf(a, "%s; %s", own, clock) : own != NULL ? own : clock;
}

static int decide_health(struct call *c, struct err *e)
{
    struct health *out = c->out;
    out->service = instance_name;
    out->version = VERSION;
    out->ready = clock_watch_refuses(e) == 0;
    out->uptime_s = (clock_monotonic_us() - started_us) / 1000000;
    out->attention = attentions(c->arena);
    return 0;
}

static int decide_metrics(struct call *c, struct err *e)
{
    struct metrics *out = c->out;
    struct buf b = buf_new(c->arena);
    (void)e;
    metrics_text(&b, instance_name);
    out->text = b.text;
    return 0;
}

static const struct handler service_health_verb = {.decide = decide_health};
static const struct handler service_metrics_verb = {.decide = decide_metrics};

static const struct binding frame_verbs[] = {
#define VERB SERVICE_BIND
#include "contract/service.verbs.def"
#undef VERB
};

int service_trust_start(struct arena *a, const struct settings *s, struct err *e)
{
    int code = crypto_version_check(e);
    if (code != 0 || s->lab_root[0] == '\0')
        return code;
    struct bytes pem;
    code = file_read(a, s->lab_root, 65536, &pem, e);
    if (code != 0)
        return err_fault(e, "cannot read the lab root %s", s->lab_root);
    trust = cms_trust_new((const char *)pem.data, e);
    if (trust == NULL)
        return ERR_FAULT;
    return revoked_load(trust, s->crl, e);
}

static int start_database(struct running *r, struct arena *a, struct err *e)
{
    const struct service *s = r->service;
    if (s->config->database[0] == '\0')
        return 0;
    struct statement_table *tables = ARENA_ARRAY(a, struct statement_table, s->statement_count + 3);
    for (size_t i = 0; i < s->statement_count; i++)
        tables[i] = s->statements[i];
    size_t count = s->statement_count;
    if (s->statements != NULL) {
        tables[count++] = dispatch_statements;
        tables[count++] = began_statements;
    }
    tables[count++] = clock_watch_statements;
    return db_open(s->config->database, s->config->name, tables, count, &r->db, e);
}

static void add_frame_verbs(struct running *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->service->verb_count && n < 60; i++)
        r->verbs[n++] = r->service->verbs[i];
    for (size_t i = 0; i < sizeof frame_verbs / sizeof frame_verbs[0]; i++)
        r->verbs[n++] = frame_verbs[i];
    r->whole = *r->service;
    r->whole.verbs = r->verbs;
    r->whole.verb_count = n;
}

static int start(struct running *r, struct arena *a, const char *config, struct err *e)
{
    const struct service *s = r->service;
    int code = service_trust_start(a, s->config, e);
    if (code == 0)
        code = promise_start(s, e);
    if (code == 0)
        code = start_database(r, a, e);
    if (code == 0 && s->init != NULL)
        code = s->init(r->db, e);
    if (code == 0)
        code = began_tell(r->db, s, config, VERSION, e);
    add_frame_verbs(r);
    if (code == 0)
        code = wire_server_new(s->config->endpoint, s->config->curve_secret, s->config->curve_public, &r->server, e);
    return code;
}

/* tell the supervisor; the descriptor's number is in the environment */
static void tell_ready(void)
{
    const char *fd = getenv("STEMMA_READY_FD");
    static const char line[] = "READY\n";
    if (fd != NULL && write((int)strtol(fd, NULL, 10), line, sizeof line - 1) < 0)
        service_log("warn", "cannot tell that the service is ready");
}

/* take what has arrived into ${b}, waiting up to ${wait_ms} for the first, and read it */
static size_t take(struct running *r, struct batch *b, int wait_ms, size_t at_most)
{
    size_t n = wire_server_receive(r->server, wait_ms, b->request + b->count, at_most);
    for (size_t i = 0; i < n; i++, b->count++) {
        const struct wire_request *q = &b->request[b->count];
        struct work *w = &b->work[b->count];
        memset(w, 0, sizeof *w);
        w->request = (struct request){q->envelope.verb, q->envelope.token, q->envelope.phase, q->envelope.command,
                                      q->envelope.deadline_ms, q->body, q->body_len, q->peer, q->peer_kind, q->peer_key};
        work_decode(w, &r->whole, q->arena);
    }
    return n;
}

/* while the database works on one batch, the next is read */
static void take_one_more(void *ctx, int fd)
{
    struct running *r = ctx;
    if (r->next->count == r->max)
        wire_server_wait(NULL, fd);
    else if (take(r, r->next, 0, 1) == 0)
        wire_server_wait(r->server, fd);
}

static void serve(struct running *r)
{
    struct batch *b = r->now;
    dispatch_run(&r->whole, r->db, b->work, b->count);
    for (size_t i = 0; i < b->count; i++)
        wire_server_reply(r->server, &b->request[i], b->work[i].reply.text, b->work[i].reply.len);
    b->count = 0;
    r->now = r->next;
    r->next = b;
}

static int wait_ms(const struct service *s, int64_t next_tick_us)
{
    int64_t left = (next_tick_us - clock_monotonic_us()) / 1000;
    return s->tick == NULL || left > 200 ? 200 : left < 0 ? 0 : (int)left;
}

static void loop(struct running *r)
{
    static struct batch batches[2];
    const struct service *s = r->service;
    int64_t next_tick_us = clock_monotonic_us();
    r->now = &batches[0];
    r->next = &batches[1];
    r->max = s->config->group_max > 0 && s->config->group_max < GROUP_MAX ? (size_t)s->config->group_max : GROUP_MAX;
    group_meanwhile(take_one_more, r);
    while (!asked_to_stop || r->now->count > 0) {
        if (!asked_to_stop && r->now->count == 0)
            take(r, r->now, wait_ms(s, next_tick_us), FIRST_MAX);
        clock_watch_look(r->db, s->config, !s->only_reads);
        revoked_look(trust, s->config->crl);
        if (r->now->count > 0)
            serve(r);
        if (s->tick != NULL && clock_monotonic_us() >= next_tick_us) {
            struct err e;
            if (s->tick(r->db, &e) != 0)
                service_log("error", "tick: %s", e.text);
            next_tick_us = clock_monotonic_us() + s->tick_ms * 1000;
        }
    }
}

static void harden(void)
{
    mallopt(M_TRIM_THRESHOLD, 256 << 20);   /* a group's memory is needed again for the next: keep it */
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    struct sigaction stop = {.sa_handler = on_stop};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int run(const struct service *service, const char *path)
{
    struct running r = {.service = service};
    struct arena *a = arena_new(0);
    struct err e;
    int code = settings_read(a, path, service->settings, service->setting_count, service->config, &e);
    if (code == 0) {
        log_name(service->config->name);
        instance_name = service->config->name;
        attention = service->attention;
        harden();
        started_us = clock_monotonic_us();
        code = start(&r, a, path, &e);
    }
    if (code == 0) {
        service_log("info", "ready on %s", service->config->endpoint);
        tell_ready();
        loop(&r);
        service_log("info", "stopped");
    } else {
        service_log("fatal", "cannot start: %s", e.text);
    }
    wire_server_free(r.server);
    if (service->done != NULL)
        service->done();
    db_close(r.db);
    promise_done();
    cms_trust_free(trust);
    arena_free(a);
    return code == 0 ? 0 : 1;
}

static int usage(const struct service *service, int status)
{
    fprintf(status == 0 ? stdout : stderr,
            "usage: stemma-%s --config FILE | --describe verbs|records|errors|settings|machines | --version | --help\n%s%s\n", service->name,
            service->also != NULL ? service->also : "", service->doc);
    return status;
}

int service_main(const struct service *service, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("stemma-%s %s\n", service->name, VERSION) < 0;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(service, 0);
    if (argc == 3 && strcmp(argv[1], "--config") == 0)
        return run(service, argv[2]);
    if (argc == 4 && strcmp(argv[1], "--replay") == 0 && service->statements != NULL)
        return replay_main(service, argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "--describe") == 0) {
        struct arena *a = arena_new(0);
        const char *page = describe(a, service, argv[2]);
        int status = page == NULL ? usage(service, 2) : fputs(page, stdout) < 0;
        arena_free(a);
        return status;
    }
    return usage(service, 2);
}
