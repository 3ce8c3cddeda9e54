/*
 * The key store: a folder with one file a person, the locked key (crypto/keys.h) and under it the certificate in PEM;
 * beside it, while there are any, the wrong secrets since the last right one. Files are replaced whole, mode 0600.
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

/** store_replace(a, folder, person_id, locked, certificate, e): the same person under another secret. */
int store_replace(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                  const struct certificate *certificate, struct err *e);

/** store_tries(a, folder, person_id, ret, e): wrong secrets so far; none when nothing is written.
 *  store_tries_set: write them down, on the disk when it returns; zero failures remove the file. */
int store_tries(struct arena *a, const char *folder, const char *person_id, struct tries *ret, struct err *e);
int store_tries_set(struct arena *a, const char *folder, const char *person_id, const struct tries *tries, struct err *e);
