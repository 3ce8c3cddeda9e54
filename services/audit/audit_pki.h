/*
 * What a dossier encloses of the lab's pki folder: certificates for convenience, and the lists of revocations, which decide.
 * Everything, each file whole, in order of names; what cannot be enclosed so is a fault, never left out: a list that is cut
 * or missing hides what it revokes.
 */
#pragma once
#include "dossier/zip.h"

#define AUDIT_PKI_FILE_MAX ((size_t)16 << 20)

/** audit_pki(a, folder, redacted, ret, ret_count, e): all *.pem and *.crl of ${folder} but the log's key, without those of
 *  people where ${redacted}; besides, of each issuer (by name and key) whose list is younger than ${since_ms}, the newest former list that is
 *  not, so that `openssl` can judge what was signed at that time: one at most, however many the years left. */
int audit_pki(struct arena *a, const char *folder, bool redacted, int64_t since_ms, const struct zip_member **ret, size_t *ret_count,
              struct err *e);
