/*
 * The lab's issuing CAs: the one that issues now, in the signer's folder `authority`, and those that it replaced, each whole in
 * `authority-1`, `authority-2` and so on. A former one issues nothing; what it issued goes on, so its certificate goes into
 * signatures and its key signs its revocation list (pki/issuing-1.crl ...) until the root revokes it or its key is taken away.
 */
#pragma once
#include "crypto/ca.h"
#include "crypto/token.h"

#define ISSUING_NOW 0            /* else the number of a former one, from 1 */
#define ISSUING_FORMER_MAX 16

/** Where they lie: `folder` and `list` of the present one. */
struct issuing_place {
    const char *folder, *list;
};

struct issuing {
    struct certificate *certificate;
    struct key *key;             /* NULL: taken away */
};

/** issuing_load(a, place, number, token, ret, e): certificate and key of one; ERR_NOT_FOUND when there is none of that number.
 *  ${token}: where keys may lie, NULL for none. Caller frees with issuing_done. */
int issuing_load(struct arena *a, const struct issuing_place *place, int number, struct token *token, struct issuing *ret, struct err *e);

/** issuing_done(i): for CLEANUP(issuing_done) struct issuing i. */
void issuing_done(struct issuing *i);

/** issuing_folder(a, place, number), issuing_list(a, place, number): where one lies, in ${a}. */
const char *issuing_folder(struct arena *a, const struct issuing_place *place, int number);
const char *issuing_list(struct arena *a, const struct issuing_place *place, int number);

/** issuing_former(a, place): how many there were before the present one. */
int issuing_former(struct arena *a, const struct issuing_place *place);

/** issuing_key(a, folder, name, token, ret, e): the key in that file, or that of the token which it names; the text is wiped. */
int issuing_key(struct arena *a, const char *folder, const char *name, struct token *token, struct key **ret, struct err *e);
