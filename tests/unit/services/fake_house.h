/*
 * A house in a box for the gateway's tests: one CURVE server that answers as access, batch and signer would, with keys,
 * settings and a TLS certificate in a folder of its own, and the gateway in front of it. Not a model of any rule.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct fake_house;

#define FAKE_SECRET "correct horse battery staple"   /* of every person here */
#define FAKE_TOKEN "7070707070707070707070707070707070707070707070707070707070707070"

struct reply {
    int status;
    char *head;                  /* status line and headers */
    char *body;
};

/** fake_house_new(extra): start it; ${extra} is added to the gateway's settings. Fails the test when it cannot. */
struct fake_house *fake_house_new(const char *extra);

/** fake_house_free(f): stop it and remove its folder. */
void fake_house_free(struct fake_house *f);

/** fake_house_ask(f, request, ret): send these bytes over a fresh TLS connection and read until the server closes it or the
 *  answer is whole. ${ret} is freed with reply_done. Status 0: no answer. */
void fake_house_ask(struct fake_house *f, const char *request, struct reply *ret);

/** reply_has(text, part), reply_lacks(text, part): ${part} is, is not, somewhere in a head or a body; else the case fails. */
void reply_has(const char *text, const char *part);
void reply_lacks(const char *text, const char *part);

/** reply_done(r): give the reply's memory back. */
void reply_done(struct reply *r);

/** fake_house_post(f, path, headers, body, ret): a well-formed POST. Headers are whole lines. */
void fake_house_post(struct fake_house *f, const char *path, const char *headers, const char *body, struct reply *ret);

/** fake_house_get(f, path, headers, ret): a well-formed GET. */
void fake_house_get(struct fake_house *f, const char *path, const char *headers, struct reply *ret);

/** fake_house_login(f): log in; the two header lines that carry the session. Static buffer. */
const char *fake_house_login(struct fake_house *f);

/** fake_house_tell(f, text): an announcement. */
void fake_house_tell(struct fake_house *f, const char *text);

/** fake_house_port(f): where the gateway listens. */
unsigned fake_house_port(struct fake_house *f);

/** fake_house_seen(f): the last envelope the services saw, "verb phase command stream token". Static buffer. */
const char *fake_house_seen(struct fake_house *f);
