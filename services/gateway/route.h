/*
 * Which path asks for what. Pages, the log's public files and the few routes of the gateway's own are rows; every other is /api/<service>/<verb>
 * with /prepare or /commit behind it for acts, made from the contract's verb rows. What no row names is not there.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"
#include "contract/contract.h"

enum route_kind { ROUTE_PAGE, ROUTE_VERB, ROUTE_LOGIN, ROUTE_LOGOUT, ROUTE_SESSION, ROUTE_DESCRIBE, ROUTE_FORM, ROUTE_EVENTS, ROUTE_HEALTH, ROUTE_LOG };

struct route {
    enum route_kind kind;
    const struct verb_row *verb;        /* ROUTE_VERB */
    const char *phase;                  /* ROUTE_VERB: call, prepare, commit */
    const struct record_type *record;   /* ROUTE_FORM */
    bool open;                          /* without a session */
};

/**
 * route_find(method, path, ret, e): the route of a request that passed the gate. HEAD counts as GET.
 * Returns 0, ERR_VERB_UNKNOWN, or ERR_PHASE_WRONG for an act without phase or a phase without act.
 */
int route_find(const char *method, const char *path, struct route *ret, struct err *e);

/** route_is_offered(verb): whether the verb is for people; what only other services may call has no route. */
bool route_is_offered(const struct verb_row *verb);
