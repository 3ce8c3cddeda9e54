#include "gateway/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "gateway/api.h"
#include "gateway/coding.h"
#include "gateway/events.h"
#include "gateway/pages.h"
#include "gateway/slow.h"

#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305"
#define CONNECTIONS_MAX 8000     /* shared out among the threads; one that sends nothing costs little and is soon hung up */
#define FILES_BESIDE 200         /* what the program opens beside its connections */
#define CONNECTION_IDLE_S 60
#define CONNECTION_MEMORY 32768   /* the head of a request must fit */
#define PEM_MAX 100000
#define PAGES_CHEAPER 20           /* a file lies packed in memory: so many times as many of them, for a whole bench behind one address */
#define DISCARDED_MAX (8 << 20)    /* bytes of a refused body that are read, and dropped, before the refusal is sent */

struct http {
    struct house house;
    struct events *events;
    struct slow *slow;
    struct MHD_Daemon *daemon;
    char *certificate, *key;
};

/* One request under way, from the first line to the last byte of its answer. */
struct exchange_state {
    struct http *http;
    struct request request;
    struct gate_header headers[GATE_HEADERS_MAX + 1];
    struct err err;
    int code;                     /* refused at the gate */
    size_t discarded;             /* bytes read of a body that is refused */
    int64_t started_us;
};

#define PERMISSIONS "geolocation=(), microphone=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"

static const struct {
    const char *name, *value;
} every_response[] = {
    {"Strict-Transport-Security", "max-age=31536000"},
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                                "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types decoder"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), " PERMISSIONS},
};

/* What one page has instead. The document may ask for the camera. The worker that reads the camera's picture compiles WebAssembly, which no other
 * script may, and may load modules of the house and ask it nothing else. */
static const struct {
    const char *page, *name, *value;
} own_response[] = {
    {"/", "Permissions-Policy", "camera=(self), " PERMISSIONS},
    {"/decoder.js", "Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; form-action 'none'; frame-ancestors 'none'; "
                                               "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
};

static void log_request(const struct exchange_state *x, int status)
{
    char now[CLOCK_TEXT];
    clock_to_text(clock_ms(), now);
    bool plain = x->code == 0 || x->code == ERR_VERB_UNKNOWN;   /* then the path passed the gate's check of characters */
    fprintf(stderr, "{\"time\":\"%s\",\"level\":\"info\",\"text\":\"request\",\"request\":\"%s\",\"path\":\"%s\",\"status\":%d,"
            "\"us\":%lld,\"person\":\"%s\"}\n", now, x->request.id, plain && x->request.route.kind != ROUTE_PAGE ? x->request.head.path : "",
            status, (long long)(clock_monotonic_us() - x->started_us), x->request.session.person_id);
}

/* The value of the header that every answer has, for this page; NULL: no page. */
static const char *value_for(const char *page, size_t header)
{
    for (size_t i = 0; page && i < sizeof own_response / sizeof own_response[0]; i++)
        if (strcmp(own_response[i].page, page) == 0 && strcmp(own_response[i].name, every_response[header].name) == 0)
            return own_response[i].value;
    return every_response[header].value;
}

static void add_headers(struct MHD_Response *response, const struct exchange_state *x, const struct answer *answer)
{
    for (size_t i = 0; i < sizeof every_response / sizeof every_response[0]; i++)
        MHD_add_response_header(response, every_response[i].name, value_for(answer->page, i));
    MHD_add_response_header(response, "Content-Type", answer->type);
    MHD_add_response_header(response, "Cache-Control", answer->cache ? answer->cache : answer->etag ? "no-cache" : "no-store");
    MHD_add_response_header(response, "X-Request-Id", x->request.id);
    if (answer->etag) {
        MHD_add_response_header(response, "ETag", answer->etag);
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    }
    if (answer->packed)
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (answer->cookie)
        MHD_add_response_header(response, "Set-Cookie", answer->cookie);
    if (x->code != 0)
        MHD_add_response_header(response, "Connection", "close");
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct exchange_state *x, const struct answer *answer)
{
    void *data = (void *)(uintptr_t)answer->data.data;
    struct MHD_Response *response = MHD_create_response_from_buffer(answer->data.len, data ? data : (void *)(uintptr_t)"",
                                                                    answer->etag ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    add_headers(response, x, answer);
    enum MHD_Result sent = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    if (x->request.route.kind != ROUTE_PAGE || x->code != 0)
        log_request(x, answer->status);
    return sent;
}

static enum MHD_Result send_refusal(struct MHD_Connection *connection, struct exchange_state *x)
{
    struct answer answer;
    request_refuse(&x->request, x->code, &x->err, &answer);
    return send_answer(connection, x, &answer);
}

static enum MHD_Result send_page(struct MHD_Connection *connection, struct exchange_state *x)
{
    bool kept;
    const struct page *page = page_find(x->request.head.path, &kept);
    if (!page) {
        x->code = err_raise(&x->err, ERR_VERB_UNKNOWN, NULL, NULL, "there is no such page");
        return send_refusal(connection, x);
    }
    const struct page_body *body = page_body_for(page, request_header(&x->request, "Accept-Encoding"));
    bool known = coding_has_tag(request_header(&x->request, "If-None-Match"), body->etag);
    const struct answer answer = {.status = known ? 304 : 200, .type = page->type, .etag = body->etag,
                                  .data = {known ? NULL : (const uint8_t *)body->data, known ? 0 : body->len},
                                  .packed = !known && body == &page->gzip, .page = page->path,
                                  .cache = kept ? "public, max-age=31536000, immutable" : NULL};
    return send_answer(connection, x, &answer);
}

static enum MHD_Result send_events(struct MHD_Connection *connection, struct exchange_state *x)
{
    const struct answer answer = {.status = 200, .type = "text/event-stream"};
    struct MHD_Response *response = events_open(x->http->events, connection);
    if (!response) {
        x->code = err_raise(&x->err, ERR_BUSY, NULL, NULL, "too many pages listen");
        return send_refusal(connection, x);
    }
    add_headers(response, x, &answer);
    enum MHD_Result sent = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    log_request(x, 200);
    return sent;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value,
                                   size_t value_len)
{
    struct exchange_state *x = cls;
    (void)kind;
    if (x->request.head.count <= GATE_HEADERS_MAX)
        x->headers[x->request.head.count++] = (struct gate_header){name, name_len, value, value_len};
    return MHD_YES;
}

/* IPv6 counts by its /64, which is one household. */
static uint64_t address_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    uint64_t address = 0;
    if (info && info->client_addr->sa_family == AF_INET)
        address = ((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr.s_addr;
    else if (info && info->client_addr->sa_family == AF_INET6)
        memcpy(&address, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, sizeof address);
    return address;
}

static struct exchange_state *state_new(struct http *h, struct MHD_Connection *connection, const char *url,
                                        const char *method, const char *version)
{
    struct exchange_state *x = calloc(1, sizeof *x);
    uint8_t id[8];
    if (!x)
        abort();
    random_fill(id, sizeof id);
    x->http = h;
    x->started_us = clock_monotonic_us();
    struct request *r = &x->request;
    hex_of(id, sizeof id, r->id);
    r->house = &h->house;
    r->arena = arena_new(0);
    r->body = buf_new(r->arena);
    r->address = address_of(connection);
    r->head = (struct gate_request){.method = method, .path = arena_text(r->arena, url), .version = version, .headers = x->headers};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, x);
    x->code = gate_check(&r->head, h->house.settings->hosts, (size_t)h->house.settings->body_max, &x->err);
    if (x->code == 0 && MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0)
        x->code = err_raise(&x->err, ERR_ENVELOPE_MALFORMED, NULL, NULL, "no path here takes a query");
    if (x->code == 0)
        x->code = request_admit(r, &x->err);
    return x;
}

/*
 * A connection that is closed while its sender still writes is reset, and the refusal is lost with it (RFC 9112, 9.6): a refused
 * body is read to its end first. Not where its end is in doubt, and not where the sender waits to be told to go on.
 */
static bool refused_at_once(const struct exchange_state *x)
{
    return x->code == ERR_ENVELOPE_MALFORMED || (x->code != 0 && request_header(&x->request, "Expect") != NULL);
}

/* A chunked body may turn out too large on the way. One without an end is cut off; of who asks too often no more is read than
 * of anybody. */
static enum MHD_Result take_body(struct exchange_state *x, const char *data, size_t *len)
{
    size_t max = (size_t)x->http->house.settings->body_max;
    struct buf *body = &x->request.body;
    if (x->code == 0 && body->len + *len > max)
        x->code = err_raise(&x->err, ERR_BODY_TOO_LARGE, NULL, NULL, "more than %zu bytes", max);
    if (x->code == 0)
        buf_add(body, data, *len);
    else
        x->discarded += *len;
    *len = 0;
    return x->discarded <= (x->code == ERR_RATE_LIMITED ? max : DISCARDED_MAX) ? MHD_YES : MHD_NO;
}

/* What ${connection} was given when it was opened. */
static struct slow_connection *slow_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
    struct http *h = cls;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (what == MHD_CONNECTION_NOTIFY_STARTED && info)
        *socket_context = slow_open(h->slow, info->connect_fd);
    else if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        slow_close(h->slow, *socket_context);
        *socket_context = NULL;
    }
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *len, void **state)
{
    struct exchange_state *x = *state;
    struct answer answer;
    if (!x) {
        *state = x = state_new(cls, connection, url, method, version);
        return refused_at_once(x) ? send_refusal(connection, x) : MHD_YES;
    }
    if (*len > 0)
        return take_body(x, data, len);
    slow_whole(x->http->slow, slow_of(connection));
    if (x->code != 0)
        return send_refusal(connection, x);
    if (x->request.route.kind == ROUTE_PAGE)
        return send_page(connection, x);
    if (x->request.route.kind == ROUTE_EVENTS)
        return send_events(connection, x);
    api_answer(&x->request, &answer);
    return send_answer(connection, x, &answer);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    struct exchange_state *x = *state;
    (void)why;
    slow_answered(((struct http *)cls)->slow, slow_of(connection));
    if (!x)
        return;
    arena_free(x->request.arena);
    explicit_bzero(x, sizeof *x);
    free(x);
    *state = NULL;
}

/* Escapes in a path are refused by the gate, so they are left standing for it to see. */
static size_t leave_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static char *read_pem(const char *path, struct err *e)
{
    char *text = calloc(1, PEM_MAX);
    FILE *f = fopen(path, "re");
    if (!text)
        abort();
    size_t len = f ? fread(text, 1, PEM_MAX - 1, f) : 0;
    if (f)
        fclose(f);
    if (len == 0) {
        err_fault(e, "cannot read %s", path);
        free(text);
        return NULL;
    }
    return text;
}

static int read_address(const char *listen, struct sockaddr_storage *ret, struct err *e)
{
    struct sockaddr_in *v4 = (void *)ret;
    struct sockaddr_in6 *v6 = (void *)ret;
    char host[64];
    unsigned port = 0;
    char extra;
    memset(ret, 0, sizeof *ret);
    if (sscanf(listen, "[%63[0-9a-fA-F:.]]:%u%c", host, &port, &extra) == 2 && port < 65536 &&
        inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return 0;
    }
    if (sscanf(listen, "%63[0-9.]:%u%c", host, &port, &extra) == 2 && port < 65536 && inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return 0;
    }
    return err_fault(e, "listen = %s is no address and port", listen);
}

static int listen_tls(struct http *h, unsigned connections, struct err *e)
{
    const struct gateway_settings *s = h->house.settings;
    struct sockaddr_storage address;
    int code = read_address(s->listen, &address, e);
    if (code != 0)
        return code;
    unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                                 MHD_OPTION_HTTPS_MEM_CERT, h->certificate, MHD_OPTION_HTTPS_MEM_KEY, h->key,
                                 MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                                 MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
                                 (unsigned)CONNECTION_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                 MHD_OPTION_THREAD_POOL_SIZE, (unsigned)s->threads, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                                 h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL, MHD_OPTION_END);
    return h->daemon ? 0 : err_fault(e, "cannot serve HTTPS on %s", s->listen);
}

/* As many files as connections need, where the system gives them. Returns how many connections there are files for. */
static unsigned want_files(void)
{
    struct rlimit files;
    const rlim_t wanted = CONNECTIONS_MAX + FILES_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return CONNECTIONS_MAX;
    if (files.rlim_cur < wanted) {
        const rlim_t before = files.rlim_cur;
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0)
            files.rlim_cur = before;
    }
    if (files.rlim_cur >= wanted)
        return CONNECTIONS_MAX;
    unsigned got = (unsigned)files.rlim_cur, room = got > 2 * FILES_BESIDE ? got - FILES_BESIDE : got / 2;
    char now[CLOCK_TEXT];
    clock_to_text(clock_ms(), now);
    fprintf(stderr, "{\"time\":\"%s\",\"level\":\"warning\",\"text\":\"the system gives %u files: %u connections at most, not %d\"}\n", now, got, room,
            CONNECTIONS_MAX);
    return room;
}

/* Tables that are worked out at first use are so now, before there are threads. */
static void plan_tables(void)
{
    for (size_t i = 0; i < record_count(); i++)
        record_plan(record_type_at(i));
    pages_begin();
}

int http_new(const struct gateway_settings *settings, struct http **ret, struct err *e)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    plan_tables();
    unsigned connections = want_files();
    uint8_t run[8];
    random_fill(run, sizeof run);
    h->house = (struct house){.settings = settings, .sessions = sessions_new(settings->idle_s),
                              .rate = rate_new(1000000 / settings->rate_per_s, settings->rate_burst),
                              .page_rate = rate_new(1000000 / (settings->rate_per_s * PAGES_CHEAPER), settings->rate_burst * PAGES_CHEAPER),
                              .login_rate = rate_new(60000000 / settings->login_per_minute, settings->login_per_minute)};
    hex_of(run, sizeof run, h->house.run);
    h->slow = slow_new(settings->patience_s * 1000);
    int code = exchange_new(settings, &h->house.exchange, e);
    if (code == 0)
        code = events_new(settings, &h->events, e);
    h->certificate = code == 0 ? read_pem(settings->tls_certificate, e) : NULL;
    h->key = h->certificate ? read_pem(settings->tls_key, e) : NULL;
    if (code == 0)
        code = h->key ? listen_tls(h, connections, e) : ERR_FAULT;
    *ret = code == 0 ? h : http_free(h);
    return code;
}

struct http *http_free(struct http *h)
{
    if (!h)
        return NULL;
    events_stop(h->events);
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    slow_free(h->slow);
    events_free(h->events);
    exchange_free(h->house.exchange);
    sessions_free(h->house.sessions);
    rate_free(h->house.rate);
    rate_free(h->house.page_rate);
    rate_free(h->house.login_rate);
    if (h->key)
        explicit_bzero(h->key, PEM_MAX);
    free(h->key);
    free(h->certificate);
    free(h);
    return NULL;
}

uint16_t http_port(const struct http *h)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void http_tell(struct http *h, const char *text)
{
    events_tell(h->events, text);
}
