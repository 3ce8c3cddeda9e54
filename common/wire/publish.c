#include "wire/publish.h"

#include <czmq.h>
#include <stdlib.h>

#include "wire/envelope.h"

struct wire_publisher {
    zcert_t *cert;
    zsock_t *socket;
};

struct wire_subscriber {
    zcert_t *cert;
    struct wire_keys *keys;
    zsock_t *socket;
};

int wire_publisher_new(const char *endpoint, const char *secret_path, struct wire_publisher **ret, struct err *e)
{
    struct wire_publisher *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->cert = zcert_load(secret_path);
    p->socket = zsock_new(ZMQ_PUB);
    if (p->cert != NULL) {
        zcert_apply(p->cert, p->socket);
        zsock_set_zap_domain(p->socket, "stemma");
        zsock_set_curve_server(p->socket, 1);
        zsock_set_linger(p->socket, 0);
    }
    if (p->cert == NULL || zsock_bind(p->socket, "%s", endpoint) < 0) {
        wire_publisher_free(p);
        return err_fault(e, "cannot publish on %s", endpoint);
    }
    *ret = p;
    return 0;
}

struct wire_publisher *wire_publisher_free(struct wire_publisher *p)
{
    if (p == NULL)
        return NULL;
    zsock_destroy(&p->socket);
    zcert_destroy(&p->cert);
    free(p);
    return NULL;
}

void wire_publish(struct wire_publisher *p, const char *text, size_t len)
{
    zframe_t *f = zframe_new(text, len);
    zframe_send(&f, p->socket, ZFRAME_DONTWAIT);
    zframe_destroy(&f);
}

int wire_subscriber_new(const char *endpoint, const char *secret_path, const char *public_dir, const char *server_name,
                        struct wire_subscriber **ret, struct err *e)
{
    zsys_init();
    zsys_handler_set(NULL);
    struct wire_subscriber *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->cert = zcert_load(secret_path);
    s->keys = wire_keys_load(public_dir, e);
    const char *key = s->keys == NULL ? NULL : wire_keys_find(s->keys, server_name);
    s->socket = zsock_new(ZMQ_SUB);
    if (s->cert != NULL && key != NULL) {
        zcert_apply(s->cert, s->socket);
        zsock_set_curve_serverkey(s->socket, key);
        zsock_set_linger(s->socket, 0);
        zsock_set_subscribe(s->socket, "");
    }
    if (s->cert == NULL || key == NULL || zsock_connect(s->socket, "%s", endpoint) != 0) {
        wire_subscriber_free(s);
        return err_fault(e, "cannot subscribe to %s of %s", endpoint, server_name);
    }
    *ret = s;
    return 0;
}

struct wire_subscriber *wire_subscriber_free(struct wire_subscriber *s)
{
    if (s == NULL)
        return NULL;
    zsock_destroy(&s->socket);
    zcert_destroy(&s->cert);
    wire_keys_free(s->keys);
    free(s);
    return NULL;
}

char *wire_subscriber_receive(struct wire_subscriber *s, int timeout_ms, struct arena *a)
{
    zmq_pollitem_t item = {.socket = zsock_resolve(s->socket), .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, timeout_ms) <= 0)
        return NULL;
    zframe_t *f = zframe_recv(s->socket);
    char *text = f == NULL ? NULL : arena_dup(a, zframe_data(f), zframe_size(f));
    zframe_destroy(&f);
    return text;
}
