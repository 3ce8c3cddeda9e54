#include "wire/client.h"

#include <czmq.h>
#include <ini.h>
#include <stdlib.h>

#include "base/clock.h"

#define SERVICES_MAX 32
#define WORKERS_MAX 8
#define AGAIN_MS 3000

struct worker {
    char endpoint[80];
    zsock_t *socket;
};

struct target {
    char service[32];
    struct worker workers[WORKERS_MAX];
    size_t count;
};

struct wire_client {
    zcert_t *cert;
    struct wire_keys *keys;
    struct target targets[SERVICES_MAX];
    size_t count;
    int timeout_ms;
};

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct wire_client *c = user;
    (void)section;
    if (c->count == SERVICES_MAX)
        return 0;
    struct target *t = &c->targets[c->count++];
    snprintf(t->service, sizeof t->service, "%s", name);
    while (*value != '\0' && t->count < WORKERS_MAX) {
        size_t n = strcspn(value, " ");
        if (n > 0)
            snprintf(t->workers[t->count++].endpoint, sizeof t->workers[0].endpoint, "%.*s", (int)n, value);
        value += n + (value[n] == ' ');
    }
    return t->count > 0;
}

int wire_client_new(const char *secret_path, const char *public_dir, const char *directory_path, struct wire_client **ret,
                    struct err *e)
{
    zsys_init();
    zsys_handler_set(NULL);
    struct wire_client *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->timeout_ms = 10000;
    c->cert = zcert_load(secret_path);
    c->keys = wire_keys_load(public_dir, e);
    int code = c->keys == NULL ? ERR_FAULT : 0;
    if (code == 0 && c->cert == NULL)
        code = err_fault(e, "cannot read the CURVE key %s", secret_path);
    if (code == 0 && ini_parse(directory_path, on_line, c) != 0)
        code = err_fault(e, "cannot read the directory of services %s", directory_path);
    if (code != 0) {
        wire_client_free(c);
        return code;
    }
    *ret = c;
    return 0;
}

struct wire_client *wire_client_free(struct wire_client *c)
{
    if (c == NULL)
        return NULL;
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->targets[i].count; k++)
            zsock_destroy(&c->targets[i].workers[k].socket);
    zcert_destroy(&c->cert);
    wire_keys_free(c->keys);
    free(c);
    return NULL;
}

const char *wire_client_service(const struct wire_client *c, size_t i)
{
    return i < c->count ? c->targets[i].service : NULL;
}

void wire_client_timeout(struct wire_client *c, int timeout_ms)
{
    c->timeout_ms = timeout_ms;
}

const char *wire_client_key(const struct wire_client *c)
{
    return zcert_public_txt(c->cert);
}

static uint32_t hash_of(const char *stream)
{
    uint32_t h = 2166136261u;   /* FNV-1a: the same worker for the same stream in every client */
    for (; *stream != '\0'; stream++)
        h = (h ^ (uint8_t)*stream) * 16777619u;
    return h;
}

static int open_worker(struct wire_client *c, const char *service, const char *stream, struct worker **ret, struct err *e)
{
    struct target *t = NULL;
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->targets[i].service, service) == 0)
            t = &c->targets[i];
    const char *key = wire_keys_find(c->keys, service);
    if (t == NULL || key == NULL)
        return err_raise(e, ERR_UNAVAILABLE, "", "", "service %s is not in the directory", service);
    struct worker *w = &t->workers[hash_of(stream) % t->count];
    if (w->socket == NULL) {
        w->socket = zsock_new(ZMQ_DEALER);
        zcert_apply(c->cert, w->socket);
        zsock_set_curve_serverkey(w->socket, key);
        zsock_set_linger(w->socket, 0);
        zsock_set_maxmsgsize(w->socket, (int)WIRE_REPLY_MAX);
        if (zsock_connect(w->socket, "%s", w->endpoint) != 0) {
            zsock_destroy(&w->socket);
            return err_raise(e, ERR_UNAVAILABLE, "", "", "cannot connect to %s", service);
        }
    }
    *ret = w;
    return 0;
}

static void send_request(zsock_t *socket, const uint8_t id[WIRE_ID_LEN], const struct buf *envelope, struct bytes body)
{
    zmsg_t *m = zmsg_new();
    zframe_t *head = zframe_new(NULL, WIRE_ID_LEN + envelope->len);
    memcpy(zframe_data(head), id, WIRE_ID_LEN);
    memcpy(zframe_data(head) + WIRE_ID_LEN, envelope->text, envelope->len);
    zmsg_append(m, &head);
    zmsg_addmem(m, body.data, body.len);
    zmsg_send(&m, socket);
    zmsg_destroy(&m);
}

/* the reply to ${id} within ${wait_ms}; answers to requests given up before are dropped */
static bool receive_reply(zsock_t *socket, const uint8_t id[WIRE_ID_LEN], int64_t wait_ms, struct arena *a,
                          struct bytes *ret)
{
    int64_t until = clock_monotonic_us() + wait_ms * 1000;
    for (;;) {
        int64_t left = (until - clock_monotonic_us()) / 1000;
        zmq_pollitem_t item = {.socket = zsock_resolve(socket), .events = ZMQ_POLLIN};
        if (left <= 0)
            return false;
        if (zmq_poll(&item, 1, (long)left) <= 0)
            continue;
        zmsg_t *m = zmsg_recv(socket);
        zframe_t *got = m == NULL ? NULL : zmsg_first(m);
        size_t len = got == NULL ? 0 : zframe_size(got);
        bool mine = len >= WIRE_ID_LEN && memcmp(zframe_data(got), id, WIRE_ID_LEN) == 0;
        if (mine)
            *ret = (struct bytes){(uint8_t *)arena_dup(a, zframe_data(got) + WIRE_ID_LEN, len - WIRE_ID_LEN), len - WIRE_ID_LEN};
        zmsg_destroy(&m);
        if (mine)
            return true;
    }
}

/* a login, a signature or a dossier is not asked for twice; what has a command id or only reads may be */
static bool may_repeat(const char *verb)
{
    const struct verb_row *row = verb_find(verb);
    return row != NULL && row->kind != VERB_SERVE;
}

int wire_exchange(struct wire_client *c, struct arena *a, const char *service, const struct envelope *env,
                  struct bytes body, struct bytes *ret_reply, struct err *e)
{
    char named[32];
    struct worker *w;
    if (body.len >= WIRE_FRAME_MAX)
        return err_raise(e, ERR_BODY_TOO_LARGE, "", "", "%zu bytes, at most %zu", body.len, WIRE_BODY_MAX);
    if (service == NULL) {
        snprintf(named, sizeof named, "%.*s", (int)strcspn(env->verb, "."), env->verb);
        service = named;
    }
    int code = open_worker(c, service, env->stream, &w, e);
    if (code != 0)
        return code;
    struct buf envelope = buf_new(a);
    envelope_write(&envelope, env);
    uint8_t id[WIRE_ID_LEN];
    random_fill(id, sizeof id);
    for (int64_t left = c->timeout_ms; left > 0; left -= AGAIN_MS) {
        int64_t wait = may_repeat(env->verb) && left > AGAIN_MS ? AGAIN_MS : left;
        send_request(w->socket, id, &envelope, body);
        if (receive_reply(w->socket, id, wait, a, ret_reply))
            return 0;
        if (!may_repeat(env->verb))
            break;
        zsock_destroy(&w->socket);   /* the service may have been restarted: a fresh connection */
        code = open_worker(c, service, env->stream, &w, e);
        if (code != 0)
            return code;
    }
    return err_raise(e, ERR_UNAVAILABLE, "", "", "service %s did not answer in %d ms", service, c->timeout_ms);
}

static const char *stream_of(const struct verb_row *row, const void *in)
{
    if (in == NULL || row->stream_field[0] == '\0')
        return "";
    int i = record_field(row->in, row->stream_field, strlen(row->stream_field));
    const char *id = *(const char *const *)record_at_const(row->in, (size_t)i, in);
    return id == NULL ? "" : id;
}

int wire_call(struct wire_client *c, struct arena *a, const struct wire_ask *ask, const void *in, void *ret_out,
              struct err *e)
{
    const struct verb_row *row = verb_find(ask->verb);
    if (row == NULL)
        return err_raise(e, ERR_VERB_UNKNOWN, "verb", "", "there is no verb %s", ask->verb);
    bool commit = strcmp(ask->phase, "commit") == 0, prepare = strcmp(ask->phase, "prepare") == 0;
    const struct record_type *out = prepare ? &record_prepared : row->out;
    struct buf body = buf_new(a);
    if (commit)
        act_write(&body, in);
    else if (in == NULL)
        buf_put(&body, "{}");
    else
        record_to_json(&body, row->in, in, RECORD_CLIENT);
    struct envelope env = {ask->verb, ask->token, ask->phase, ask->command, commit ? "" : stream_of(row, in), clock_ms() + c->timeout_ms};
    char stream[33] = "";
    const char *line = commit ? strstr(((const struct signed_act *)in)->statement, "\nstream ") : NULL;
    if (line != NULL)
        snprintf(stream, sizeof stream, "%.*s", (int)strcspn(line + 8, "\n"), line + 8);
    if (commit)
        env.stream = stream;
    struct bytes reply, result;
    int code = wire_exchange(c, a, NULL, &env, (struct bytes){(const uint8_t *)body.text, body.len}, &reply, e);
    if (code == 0)
        code = reply_from_json(a, (const char *)reply.data, reply.len, &result, e);
    if (code == 0 && ret_out != NULL)
        code = record_from_json(a, out, (const char *)result.data, result.len, RECORD_REPLY, ret_out, e);
    return code;
}

int wire_serve(struct wire_client *c, struct arena *a, const char *verb, const void *in, void *ret_out, struct err *e)
{
    return wire_call(c, a, &(struct wire_ask){verb, "call", "", ""}, in, ret_out, e);
}
