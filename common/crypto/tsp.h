/*
 * Time-stamps, RFC 3161: asking, answering (the small authority of the demo) and checking. Imprints are SHA-256, or SHA-512 for the second tree, and the
 * authority's certificate travels in the token. A token is checked against the time-stamp roots given, at its own time,
 * with no other trust store.
 */
#pragma once
#include "crypto/ca.h"

struct tsp_trust;

/** The authority's side: certificate with the extended key usage timeStamping, its key, a policy. */
struct tsp_authority {
    const struct certificate *certificate;
    const struct key *key;
    const char *policy;        /* dotted object identifier */
    unsigned accuracy_ms;      /* 1 to 999 */
};

/** tsp_request(a, imprint, with_nonce, ret, e): DER TimeStampReq over the SHA-256 ${imprint}, certReq true, in ${a}. */
int tsp_request(struct arena *a, const uint8_t imprint[DIGEST_LEN], bool with_nonce, struct bytes *ret, struct err *e);

/** tsp_request_long(a, data, ret, e): the same, with a nonce, over the SHA-512 of the bytes ${data}. */
int tsp_request_long(struct arena *a, struct bytes data, struct bytes *ret, struct err *e);

/** tsp_reply(a, authority, request, serial, ret, e): DER TimeStampResp, in ${a}; a request that the authority does not
 *  take is answered with a rejection (RFC 3161 §2.4.2), which is no error here. */
int tsp_reply(struct arena *a, const struct tsp_authority *authority, struct bytes request, uint64_t serial,
              struct bytes *ret, struct err *e);

/** tsp_trust_new(root_pem, e): trust the roots in this PEM text. NULL: refused, see ${e}. Caller frees. */
struct tsp_trust *tsp_trust_new(const char *root_pem, struct err *e);

/** tsp_trust_free(t): NULL is fine. Always returns NULL. */
struct tsp_trust *tsp_trust_free(struct tsp_trust *t);

/** tsp_verify(t, data, reply, ret_ms, e): ${reply} (TimeStampResp, granted, nothing after it) is a token over the bytes
 *  ${data}, signed by an authority under the roots, valid at its time, which is ${ret_ms}. ERR_SIGNATURE_REFUSED
 *  otherwise. */
int tsp_verify(const struct tsp_trust *t, struct bytes data, struct bytes reply, int64_t *ret_ms, struct err *e);

/** When a token was made, and until when it can be believed. */
struct tsp_times {
    int64_t at_ms;
    int64_t ends_ms;           /* the earliest end of a certificate that it carries; TIME_ABSENT: not its signer's among them */
};

/** tsp_verify_times(t, data, reply, ret, e): tsp_verify, and the token's end without reading it again. */
int tsp_verify_times(const struct tsp_trust *t, struct bytes data, struct bytes reply, struct tsp_times *ret, struct err *e);

/** tsp_accept(t, data, request, reply, ret_ms, e): before a token is kept: tsp_verify, and ${reply} answers ${request}
 *  (nonce), is signed over SHA-2, and names its certificate by SHA-256 or longer (signingCertificateV2 alone).
 *  ERR_SIGNATURE_REFUSED otherwise. */
int tsp_accept(const struct tsp_trust *t, struct bytes data, struct bytes request, struct bytes reply, int64_t *ret_ms,
               struct err *e);

/** What a token says about itself and about who made it. */
struct tsp_facts {
    int64_t time_ms;
    int64_t ends_ms;           /* the earliest end of a certificate that it carries */
    const char *authority;     /* common name of its signer; "" where there is none */
    char certificate[DIGEST_HEX];  /* SHA-256 of its signer's certificate */
};

/** tsp_facts_of(a, reply, ret, e): the facts of a token that tsp_verify took; strings in ${a}. ERR_SIGNATURE_REFUSED for
 *  what is no token, or carries not its signer's certificate. */
int tsp_facts_of(struct arena *a, struct bytes reply, struct tsp_facts *ret, struct err *e);

/** tsp_fetch(a, url, request, timeout_s, ret, e): POST ${request} to the authority at ${url} (http://host:port/path)
 *  and take its answer unchecked, in ${a}. ERR_UNAVAILABLE when it does not answer in time. */
int tsp_fetch(struct arena *a, const char *url, struct bytes request, int timeout_s, struct bytes *ret, struct err *e);
