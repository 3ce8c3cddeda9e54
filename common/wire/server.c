#include "wire/server.h"

#include <czmq.h>
#include <stdlib.h>

#include "wire/admission.h"

#define WAITING_MAX 20000      /* requests queued in the socket before peers are held back */

struct wire_server {
    zactor_t *auth;
    zsock_t *socket;
    zcert_t *cert;
    struct wire_keys *keys, *admitted;      /* ours, and the admission's, which has a thread of its own */
};

struct route {
    zframe_t *peer;
    zframe_t *head;            /* the request's id and envelope */
    zframe_t *body;            /* the request's body, borrowed by wire_request */
};

static int listen_on(struct wire_server *s, const char *endpoint, struct err *e)
{
    s->auth = zactor_new(admission, s->admitted);
    if (s->auth == NULL || zsock_wait(s->auth) != 0)
        return err_fault(e, "this process admits peers already");
    s->socket = zsock_new(ZMQ_ROUTER);
    zcert_apply(s->cert, s->socket);
    zsock_set_zap_domain(s->socket, "stemma");
    zsock_set_curve_server(s->socket, 1);
    zsock_set_router_handover(s->socket, 0);
    zsock_set_maxmsgsize(s->socket, (int)WIRE_FRAME_MAX);   /* beyond it the peer is cut off */
    zsock_set_rcvhwm(s->socket, WAITING_MAX);
    zsock_set_sndhwm(s->socket, WAITING_MAX);
    zsock_set_linger(s->socket, 500);
    if (zsock_bind(s->socket, "%s", endpoint) < 0)
        return err_fault(e, "cannot listen on %s", endpoint);
    return 0;
}

int wire_server_new(const char *endpoint, const char *secret_path, const char *public_dir, struct wire_server **ret,
                    struct err *e)
{
    zsys_init();
    zsys_handler_set(NULL);    /* signals belong to the service's loop */
    struct wire_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    int code = 0;
    s->cert = zcert_load(secret_path);
    s->keys = wire_keys_load(public_dir, e);
    s->admitted = s->keys == NULL ? NULL : wire_keys_load(public_dir, e);
    if (s->cert == NULL)
        code = err_fault(e, "cannot read the CURVE key %s", secret_path);
    else
        code = s->admitted == NULL ? ERR_FAULT : wire_keys_check(s->admitted, e);
    if (code == 0)
        code = listen_on(s, endpoint, e);
    if (code != 0) {
        wire_server_free(s);
        return code;
    }
    *ret = s;
    return 0;
}

struct wire_server *wire_server_free(struct wire_server *s)
{
    if (s == NULL)
        return NULL;
    zsock_destroy(&s->socket);
    zactor_destroy(&s->auth);
    zcert_destroy(&s->cert);
    wire_keys_free(s->keys);
    wire_keys_free(s->admitted);
    free(s);
    return NULL;
}

static void refuse(struct wire_server *s, struct wire_request *r, const struct err *e)
{
    const struct err_row *row = err_row(e->code);
    char *said = arena_text(r->arena, e->text);
    for (char *p = said; *p != '\0'; p++)   /* it may repeat what came: nothing of that may end the string */
        if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
            *p = '?';
    char *text = arena_printf(r->arena,
                              "{\"ok\":false,\"error\":{\"code\":\"%s\",\"http\":%d,\"field\":\"%s\",\"rule\":\"\","
                              "\"text\":\"%s\",\"sentence\":\"%s\",\"hint\":\"%s\",\"request\":\"\"}}",
                              row->code, row->http, e->field, said, row->sentence, row->hint);
    wire_server_reply(s, r, text, strlen(text));
}

static void route_free(struct route *route)
{
    zframe_destroy(&route->peer);
    zframe_destroy(&route->head);
    zframe_destroy(&route->body);
    free(route);
}

/* frames to a request; false when it was answered or dropped here */
static bool take(struct wire_server *s, zmsg_t *m, struct wire_request *r)
{
    struct route *route = calloc(1, sizeof *route);
    if (route == NULL)
        abort();
    size_t frames = zmsg_size(m);
    route->peer = zmsg_pop(m);
    route->head = zmsg_pop(m);
    route->body = zmsg_pop(m);
    const char *key = route->body == NULL ? NULL : zframe_meta(route->body, "User-Id");
    *r = (struct wire_request){.arena = arena_new(0), .route = route};
    if (frames != 3 || zframe_size(route->head) < WIRE_ID_LEN || key == NULL) {
        route_free(route);
        arena_free(r->arena);
        return false;          /* not this protocol: there is no id to answer to */
    }
    r->peer_key = arena_text(r->arena, key);
    const char *name = wire_keys_name(s->keys, key);
    r->peer = arena_text(r->arena, name != NULL ? name : "");
    r->peer_kind = arena_text(r->arena, name != NULL ? wire_keys_kind(s->keys, key) : "");
    r->body = (const char *)zframe_data(route->body);
    r->body_len = zframe_size(route->body);
    struct err e;
    int code = envelope_read(r->arena, (const char *)zframe_data(route->head) + WIRE_ID_LEN,
                             zframe_size(route->head) - WIRE_ID_LEN, &r->envelope, &e);
    if (code == 0 && r->body_len > WIRE_BODY_MAX)
        code = err_raise(&e, ERR_BODY_TOO_LARGE, "", "", "%zu bytes, at most %zu", r->body_len, WIRE_BODY_MAX);
    if (code != 0)
        refuse(s, r, &e);
    return code == 0;
}

size_t wire_server_receive(struct wire_server *s, int timeout_ms, struct wire_request *ret, size_t max)
{
    size_t n = 0;
    zmq_pollitem_t item = {.socket = zsock_resolve(s->socket), .events = ZMQ_POLLIN};
    if (timeout_ms > 0 && zmq_poll(&item, 1, timeout_ms) <= 0)
        return 0;
    while (n < max) {
        zmsg_t *m = zmsg_recv_nowait(s->socket);
        if (m == NULL)
            break;
        n += take(s, m, &ret[n]);
        zmsg_destroy(&m);
    }
    return n;
}

void wire_server_wait(struct wire_server *s, int fd)
{
    zmq_pollitem_t items[] = {{.fd = fd, .events = ZMQ_POLLIN},
                              {.socket = s == NULL ? NULL : zsock_resolve(s->socket), .events = ZMQ_POLLIN}};
    zmq_poll(items, s == NULL ? 1 : 2, 20);
}

void wire_server_reply(struct wire_server *s, struct wire_request *request, const char *reply, size_t len)
{
    struct route *route = request->route;
    zframe_t *f = zframe_new(NULL, WIRE_ID_LEN + len);
    memcpy(zframe_data(f), zframe_data(route->head), WIRE_ID_LEN);
    memcpy(zframe_data(f) + WIRE_ID_LEN, reply, len);
    zframe_send(&route->peer, s->socket, ZFRAME_MORE | ZFRAME_DONTWAIT);
    zframe_send(&f, s->socket, ZFRAME_DONTWAIT);
    zframe_destroy(&f);
    route_free(route);
    arena_free(request->arena);
}
