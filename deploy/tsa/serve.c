#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tsa.h"

#define REQUEST_MAX 4096

struct query {
    uint8_t data[REQUEST_MAX];
    size_t len;
    bool too_large;
};

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, const void *data, size_t len)
{
    void *copy = malloc(len + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, data, len);
    struct MHD_Response *r = MHD_create_response_from_buffer(len, copy, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", type);
    enum MHD_Result done = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result answer_query(struct tsa *t, struct MHD_Connection *c, const struct query *q)
{
    struct arena *a = arena_new(0);
    struct bytes reply;
    struct err e;
    enum MHD_Result done;
    if (tsa_answer(t, a, (struct bytes){q->data, q->len}, &reply, &e) == 0)
        done = answer(c, MHD_HTTP_OK, "application/timestamp-reply", reply.data, reply.len);
    else
        done = answer(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain", "no token\n", 9);
    arena_free(a);
    return done;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *len, void **state)
{
    struct query *q = *state;
    (void)url;
    (void)version;
    if (q == NULL) {
        q = calloc(1, sizeof *q);
        *state = q;
        return q != NULL ? MHD_YES : MHD_NO;
    }
    if (strcmp(method, "POST") != 0)
        return answer(c, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "POST a query (RFC 3161)\n", 24);
    if (*len > 0) {
        q->too_large = q->too_large || q->len + *len > REQUEST_MAX;
        if (!q->too_large) {
            memcpy(q->data + q->len, data, *len);
            q->len += *len;
        }
        *len = 0;
        return MHD_YES;
    }
    if (q->too_large)
        return answer(c, MHD_HTTP_CONTENT_TOO_LARGE, "text/plain", "too large\n", 10);
    return answer_query(cls, c, q);
}

static void on_done(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    (void)cls;
    (void)c;
    (void)why;
    free(*state);
    *state = NULL;
}

static int address_of(const char *listen, struct sockaddr_in *ret, struct err *e)
{
    char host[64];
    const char *colon = strrchr(listen, ':');
    memset(ret, 0, sizeof *ret);
    ret->sin_family = AF_INET;
    if (colon == NULL || (size_t)(colon - listen) >= sizeof host)
        return err_fault(e, "listen is ADDRESS:PORT, not %s", listen);
    memcpy(host, listen, (size_t)(colon - listen));
    host[colon - listen] = '\0';
    ret->sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10));
    return inet_pton(AF_INET, host, &ret->sin_addr) == 1 ? 0 : err_fault(e, "%s is no address", host);
}

static void tell_ready(void)
{
    const char *fd = getenv("STEMMA_READY_FD");
    if (fd != NULL && write((int)strtol(fd, NULL, 10), "READY\n", 6) < 0)
        perror("READY");
}

int tsa_serve(struct tsa *t, const struct tsa_settings *settings, struct err *e)
{
    struct sockaddr_in address;
    sigset_t stop;
    int which;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    int code = address_of(settings->listen, &address, e);
    if (code != 0)
        return code;
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, on_request, t,
                                            MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                                            MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_CONNECTION_LIMIT, 64u,
                                            MHD_OPTION_END);
    if (d == NULL)
        return err_fault(e, "cannot listen on %s", settings->listen);
    tell_ready();
    sigwait(&stop, &which);
    MHD_stop_daemon(d);
    return 0;
}
