/*
 * The gateway's lines to the services: a client each, lent to one request at a time, since a client serves one thread.
 */
#pragma once
#include "gateway/settings.h"
#include "wire/envelope.h"

struct exchange;

/** exchange_new(settings, ret, e): as many lines as threads. Caller frees with exchange_free. */
int exchange_new(const struct gateway_settings *settings, struct exchange **ret, struct err *e);
struct exchange *exchange_free(struct exchange *x);

/** exchange_call(x, a, env, body, len, ret_reply, e): wait for a free line, ask, wait for the answer, whose bytes live in
 *  ${a}. Returns 0 or ERR_UNAVAILABLE. Any thread. */
int exchange_call(struct exchange *x, struct arena *a, const struct envelope *env, const char *body, size_t len,
                  struct bytes *ret_reply, struct err *e);
