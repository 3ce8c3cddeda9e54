/* The authority's HTTP side: one thread answers, the main one waits for the signal to stop. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tsa.h"

#define QUERY_MAX 8192

/* A query as it comes in, with what is made for it. */
struct exchange {
    struct arena *arena;
    struct buf query;
};

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, const void *body, size_t len)
{
    char *copy = malloc(len + 1);
    if (copy == NULL)
        return MHD_NO;
    memcpy(copy, body, len);
    struct MHD_Response *r = MHD_create_response_from_buffer(len, copy, MHD_RESPMEM_MUST_FREE);
    if (r == NULL) {
        free(copy);
        return MHD_NO;
    }
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    enum MHD_Result done = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *text)
{
    return answer(c, status, "text/plain", text, strlen(text));
}

static enum MHD_Result answer_query(struct tsa *t, struct MHD_Connection *c, struct exchange *x)
{
    struct bytes reply;
    struct err e;
    const char *type = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (type == NULL || strcmp(type, "application/timestamp-query") != 0)
        return refuse(c, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "send application/timestamp-query\n");
    if (x->query.len > QUERY_MAX)
        return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "the query is too long\n");
    if (tsa_answer(t, x->arena, (struct bytes){(const uint8_t *)x->query.text, x->query.len}, &reply, &e) != 0) {
        fprintf(stderr, "stemma-tsa: %s\n", e.text);
        return refuse(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "no time-stamp\n");
    }
    return answer(c, MHD_HTTP_OK, "application/timestamp-reply", reply.data, reply.len);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_len, void **state)
{
    struct exchange *x = *state;
    (void)url, (void)version;
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "send a time-stamp query by POST\n");
    if (x == NULL) {
        x = calloc(1, sizeof *x);
        if (x == NULL)
            return MHD_NO;
        x->arena = arena_new(0);
        x->query = buf_new(x->arena);
        *state = x;
        return MHD_YES;
    }
    if (*data_len == 0)
        return answer_query(user, c, x);
    if (x->query.len <= QUERY_MAX)
        buf_add(&x->query, data, *data_len);
    *data_len = 0;
    return MHD_YES;
}

static void on_end(void *user, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    (void)user, (void)c, (void)why;
    if (x != NULL)
        arena_free(x->arena);
    free(x);
    *state = NULL;
}

static bool parse_listen(const char *listen, struct sockaddr_in *ret)
{
    char address[16];
    unsigned port = 0;
    if (sscanf(listen, "%15[0-9.]:%5u", address, &port) != 2 || port == 0 || port > 65535)
        return false;
    *ret = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, address, &ret->sin_addr) == 1;
}

static void tell_ready(void)
{
    static const char line[] = "READY\n";
    const char *fd = getenv("STEMMA_READY_FD");
    if (fd != NULL && write((int)strtol(fd, NULL, 10), line, sizeof line - 1) < 0)
        fputs("stemma-tsa: nobody waits to hear that it is ready\n", stderr);
}

int tsa_serve(struct tsa *t, const char *listen, struct err *e)
{
    struct sockaddr_in address;
    sigset_t stop;
    int signal = 0;
    if (!parse_listen(listen, &address))
        return err_fault(e, "listen is address:port, not %s", listen);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);   /* before the thread: it must not take the signal */
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, on_request, t, MHD_OPTION_SOCK_ADDR,
                         &address, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_CONNECTION_LIMIT, 64U,
                         MHD_OPTION_CONNECTION_TIMEOUT, 10U, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_END);
    if (daemon == NULL)
        return err_fault(e, "cannot listen on %s", listen);
    tell_ready();
    sigwait(&stop, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
