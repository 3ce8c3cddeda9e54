/*
 * One request and its answer, free of the HTTP library, so that routes can be followed in tests without a socket.
 */
#pragma once
#include "base/text.h"
#include "gateway/exchange.h"
#include "gateway/gate.h"
#include "gateway/rate.h"
#include "gateway/route.h"
#include "gateway/sessions.h"
#include "gateway/settings.h"

/** What all requests share. */
struct house {
    const struct gateway_settings *settings;
    struct sessions *sessions;
    struct exchange *exchange;
    struct rate *rate, *page_rate, *login_rate;
    char run[17];                    /* random at start: a page sees by it that the gateway was started anew */
};

struct request {
    struct house *house;
    struct arena *arena;
    char id[17];                     /* quoted in every refusal and in the log */
    struct gate_request head;
    struct route route;
    struct browser_session session;  /* id "" when there is none; wiped with the request */
    struct buf body;
    uint64_t address;
};

struct answer {
    int status;
    const char *type;                /* media type */
    struct bytes data;               /* in the request's arena, or static */
    const char *cookie;              /* Set-Cookie, NULL for none */
    const char *etag;                /* of a page, whose data outlive the answer; NULL for none */
    bool packed;                     /* a page's data are gzip */
    const char *page;                /* a page's path without version; NULL for what is none */
    const char *cache;               /* Cache-Control, NULL: nobody keeps it (a page: asked about each time) */
};

#define COOKIE_NAME "__Host-stemma"

/** request_refuse(r, code, e, ret): the answer that says what was refused, in the services' own form. */
void request_refuse(const struct request *r, int code, const struct err *e, struct answer *ret);

/** request_header(r, name): a header's value in the request's arena, NULL if there is none. */
const char *request_header(const struct request *r, const char *name);

/** request_admit(r, e): find the route and the session, count the request, check the page's token.
 *  Returns 0 or ERR_VERB_UNKNOWN, ERR_PHASE_WRONG, ERR_RATE_LIMITED, ERR_SESSION_MISSING, ERR_PEER_REFUSED. */
int request_admit(struct request *r, struct err *e);
