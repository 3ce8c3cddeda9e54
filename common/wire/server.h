/*
 * A service's socket: ROUTER over CURVE; ZAP refuses every key that has no file in the folder, before a byte of theirs
 * is read. Malformed requests are answered here; what comes out is whole. One server a process.
 */
#pragma once
#include "wire/envelope.h"
#include "wire/keys.h"

struct wire_server;

struct wire_request {
    struct envelope envelope;
    const char *body;
    size_t body_len;
    const char *peer, *peer_kind, *peer_key;   /* by CURVE key */
    struct arena *arena;                       /* the request's own; freed by wire_server_reply */
    void *route;                               /* the way back */
};

/** wire_server_new(endpoint, secret_path, public_dir, ret, e): bind. A folder in which one key stands in two files is refused,
 *  naming both. Caller frees with wire_server_free. */
int wire_server_new(const char *endpoint, const char *secret_path, const char *public_dir, struct wire_server **ret,
                    struct err *e);
struct wire_server *wire_server_free(struct wire_server *s);

/** wire_server_receive(s, timeout_ms, ret, max): wait up to ${timeout_ms} for a request, then take at most ${max} that
 *  are there. Returns how many; 0 on time-out or a signal. */
size_t wire_server_receive(struct wire_server *s, int timeout_ms, struct wire_request *ret, size_t max);

/** wire_server_wait(s, fd): wait until a request is there or ${fd} can be read, 20 ms at most. NULL ${s}: for ${fd} alone. */
void wire_server_wait(struct wire_server *s, int fd);

/** wire_server_reply(s, request, reply, len): answer and give the request's memory back. */
void wire_server_reply(struct wire_server *s, struct wire_request *request, const char *reply, size_t len);
