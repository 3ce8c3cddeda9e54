/*
 * The key store: a folder with one file a person, the locked key (crypto/keys.h) and under it the certificate in PEM;
 * beside it the wrong secrets since the last right one while there are any, and the last order that was carried out. Files
 * are replaced whole, mode 0600. A key that goes is overwritten where it lay.
 */
#pragma once
#include "crypto/certificate.h"
#include "signer_rules.h"

struct stored {
    struct bytes locked;              /* the key file, in the arena */
    struct certificate *certificate;  /* freed with stored_done */
};

/** stored_done(s): for CLEANUP(stored_done) struct stored s. */
void stored_done(struct stored *s);

/** store_load(a, folder, person_id, ret, e): the person's key and certificate. ERR_NOT_FOUND. */
int store_load(struct arena *a, const char *folder, const char *person_id, struct stored *ret, struct err *e);

/** store_create(a, folder, person_id, locked, certificate, e): a new person. ERR_EXISTS when there is one. */
int store_create(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                 const struct certificate *certificate, struct err *e);

/** store_replace(a, folder, person_id, locked, certificate, e): the same person under another secret, or with another key;
 *  what lay there is overwritten. */
int store_replace(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                  const struct certificate *certificate, struct err *e);

/** store_tries(a, folder, person_id, ret, e): wrong secrets so far; none when nothing is written.
 *  store_tries_set: write them down, on the disk when it returns; zero failures remove the file. */
int store_tries(struct arena *a, const char *folder, const char *person_id, struct tries *ret, struct err *e);
int store_tries_set(struct arena *a, const char *folder, const char *person_id, const struct tries *tries, struct err *e);

/** store_destroy(a, folder, person_id, e): the key is overwritten and gone, with all that lay beside it but the last order. */
int store_destroy(struct arena *a, const char *folder, const char *person_id, struct err *e);

/** The last administrator's act that was carried out on a key: its SHA-256 and when it was signed. */
struct last_order {
    char sha256[DIGEST_HEX];
    int64_t at_ms;             /* TIME_ABSENT: there was none */
};

/** store_order(a, folder, person_id, ret, e), store_order_set: on the disk when it returns. */
int store_order(struct arena *a, const char *folder, const char *person_id, struct last_order *ret, struct err *e);
int store_order_set(struct arena *a, const char *folder, const char *person_id, const struct last_order *order, struct err *e);

/** store_people(a, folder, ret, ret_count, e): the ids of all who have or had a key, ascending, in ${a}.
 *  store_failed: of those for whose key wrong secrets were given since the last right one. */
int store_people(struct arena *a, const char *folder, const char ***ret, size_t *ret_count, struct err *e);
int store_failed(struct arena *a, const char *folder, const char ***ret, size_t *ret_count, struct err *e);
