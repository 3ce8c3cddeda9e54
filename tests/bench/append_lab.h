/*
 * A lab to load: terminals with CURVE keys and sessions, people with certificates, open batches. What a run does not
 * measure is put into the tables by the administrator; everything that is measured goes through the services.
 */
#pragma once
#include "base/arena.h"
#include "base/text.h"
#include "crypto/cms.h"
#include "db/db.h"

#define LAB_TERMINALS 256
#define LAB_WORKERS 4
#define LAB_BATCHES (LAB_TERMINALS * 78)

struct lab_terminal {
    char name[33], person[33], token[65];
    char public_key[41], secret_key[41];       /* CURVE, Z85 */
    struct key *key;
    struct certificate *certificate;
};

struct lab {
    struct arena *arena;
    const char *house, *origin;
    struct db *db;                              /* the administrator's */
    struct lab_terminal *terminal;
    struct certificate *issuer;
    const char *endpoint[LAB_WORKERS];          /* of service batch, one a worker */
    size_t workers;
    char server_key[41];
    uint8_t (*first)[DIGEST_LEN];               /* leaf of seq 0 of each batch, after lab_read_heads */
};

/** lab_open(house, conninfo, ret, e): make or find the lab in ${house}; fresh sessions. Caller ends with lab_close. */
int lab_open(const char *house, const char *conninfo, struct lab *ret, struct err *e);
void lab_close(struct lab *l);

/** lab_batch(l, i, ret): the id of batch ${i}. */
void lab_batch(size_t i, char ret[33]);

/** lab_read_heads(l, e): learn the first leaf of every batch. ERR_NOT_FOUND while a batch has no entry. */
int lab_read_heads(struct lab *l, struct err *e);

/** lab_sign_note(l, a, terminal, batch, ret_statement, ret_p7s, e): a remark on ${batch}, signed by the terminal's
 *  person who saw its first entry: what prepare and the signer would have given. */
int lab_sign_note(const struct lab *l, struct arena *a, const struct lab_terminal *t, size_t batch,
                  struct bytes *ret_statement, struct bytes *ret_p7s, struct err *e);
