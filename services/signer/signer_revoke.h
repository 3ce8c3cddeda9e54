/*
 * The issuing CA's revocation list: what the running signer does when an administrator revokes, and the commands for a
 * person at the machine, at any time: who publishes holds a lock. Services read the list again when it changes.
 */
#pragma once
#include <stdbool.h>

#include "crypto/ca.h"

struct revocation_place {
    const char *list;             /* the file that is published */
    const char *authority;        /* the folder whose issuing.pem is locked meanwhile */
};

/** revocation_publish(a, ca, place, one, e): the list with ${one} more (NULL: the same ones), under the next number, good
 *  for 40 days more; on the disk when it returns. ERR_EXISTS when that certificate is listed. */
int revocation_publish(struct arena *a, const struct ca *ca, const struct revocation_place *place, const struct ca_revoked *one,
                       struct err *e);

/** revocation_extend(a, ca, path, one, e): the same without the lock, for any CA's list. */
int revocation_extend(struct arena *a, const struct ca *ca, const char *path, const struct ca_revoked *one, struct err *e);

/** signer_revoke_is_asked(argc, argv): the first word is --revoke or --renew-crl.
 *  signer_revoke(argc, argv): `--revoke DIR U-ID` or `--renew-crl DIR [ROOT-KEY]`; returns the exit status. */
bool signer_revoke_is_asked(int argc, char **argv);
int signer_revoke(int argc, char **argv);
