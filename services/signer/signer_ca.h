/*
 * Replacing the issuing CA under the lab's root: commands for two people at the signer's machine, who bring the root's key from the
 * safe. What the former CA issued goes on, until people's keys are renewed and the root revokes it; what was signed verifies for ever.
 */
#pragma once
#include <stdbool.h>

#include "crypto/ca.h"

/** The lab's root, its key as it was brought, and where its revocation list is published. */
struct ca_root {
    struct certificate *certificate;
    struct key *key;
    const char *list;             /* in the arena */
};

/** ca_root_load(a, dir, key, ret, e): the root of the lab in ${dir}, by the key file ${key}; a fault when it is another's. Caller
 *  frees with ca_root_done. */
int ca_root_load(struct arena *a, const char *dir, const char *key, struct ca_root *ret, struct err *e);

/** ca_root_done(r): for CLEANUP(ca_root_done) struct ca_root r. */
void ca_root_done(struct ca_root *r);

/** signer_ca_is_asked(argc, argv): the first word is --new-ca or --revoke-ca.
 *  signer_ca(argc, argv): `--new-ca DIR ROOT-KEY` or `--revoke-ca DIR NUMBER ROOT-KEY`; returns the exit status. */
bool signer_ca_is_asked(int argc, char **argv);
int signer_ca(int argc, char **argv);
