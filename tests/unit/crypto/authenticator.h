/*
 * An authenticator with its browser, made of a key alone: what each part of an assertion says is the test's to choose.
 */
#pragma once
#include "crypto/keys.h"
#include "crypto/webauthn.h"

#define TOUCHED 0x01
#define VERIFIED 0x05                    /* touched, and its user proved to it */

struct answered {
    const struct key *key;
    const char *type, *origin, *after;   /* ${after}: members behind the origin, with their comma */
    const char *rp_id;
    struct bytes text;                   /* that the challenge is made of */
    uint8_t flags;
    uint32_t counter;
    size_t extra;                        /* bytes behind the counter */
};

/** answered_new(key, text): a good one, touched and verified, of `https://lab.example`, counter 0. */
struct answered answered_new(const struct key *key, struct bytes text);

/** answered_sign(a, w): the assertion, in ${a}. */
struct webauthn_assertion answered_sign(struct arena *a, const struct answered *w);

/** authenticator_public(a, key): its SubjectPublicKeyInfo, in ${a}. */
struct bytes authenticator_public(struct arena *a, const struct key *key);
