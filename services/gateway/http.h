/*
 * HTTPS: the only user of the HTTP library beside events. TLS 1.2 and up, a small pool of threads, every response with the
 * same strict headers. Collects a request's body within its cap, hands the request to routes, sends the answer.
 */
#pragma once
#include <stdint.h>

#include "base/error.h"
#include "gateway/settings.h"

struct http;

/** http_new(settings, ret, e): listen and serve in threads of its own; ${settings} must outlive it. Caller frees with
 *  http_free, which finishes what was taken and stops. */
int http_new(const struct gateway_settings *settings, struct http **ret, struct err *e);
struct http *http_free(struct http *h);

/** http_port(h): the port listened on (the settings' may be 0, for any). */
uint16_t http_port(const struct http *h);

/** http_tell(h, text): as if the sequencer had announced ${text}. */
void http_tell(struct http *h, const char *text);
