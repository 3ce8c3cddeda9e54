/*
 * The header gate: what the HTTP library lets through but two readers could read in two ways is refused before anything
 * is looked at, so that no proxy in front and this gateway ever disagree where a request ends (dependencies: strictness
 * probes). Also here: who may send, by Host, Origin and content type. Pure: takes the request's head, touches nothing.
 */
#pragma once
#include <stddef.h>

#include "base/error.h"

struct gate_header {
    const char *name;
    size_t name_len;
    const char *value;           /* NULL: none */
    size_t value_len;
};

struct gate_request {
    const char *method, *path, *version;
    const struct gate_header *headers;
    size_t count;
};

#define GATE_HEADERS_MAX 64

/**
 * gate_check(r, hosts, body_max, e): ${hosts} lists the host names served, apart by blanks, "" for any; ${body_max} in
 * bytes. A body comes by POST only and as application/json only, from our own pages or from no page at all.
 * Returns 0 or ERR_ENVELOPE_MALFORMED, ERR_BODY_TOO_LARGE, ERR_BODY_MALFORMED, ERR_PEER_REFUSED, ERR_VERB_UNKNOWN.
 */
int gate_check(const struct gate_request *r, const char *hosts, size_t body_max, struct err *e);

/** gate_header(r, name): the value of the header called so, any case; NULL if there is none. */
const struct gate_header *gate_header(const struct gate_request *r, const char *name);
