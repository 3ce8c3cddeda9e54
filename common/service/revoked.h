/*
 * The revocation lists that the service believes: every `.crl` of the folder in the settings, read at the start and again
 * when one of them changes, so that a revoked certificate is refused within seconds and nobody starts anything again.
 */
#pragma once
#include "crypto/cms.h"

#define REVOKED_LOOK_MS 2000      /* how often the folder is looked at */

/** revoked_load(trust, folder, e): believe the lists in ${folder}, and no others; "" has none. A fault when it cannot be
 *  read, ERR_SIGNATURE_REFUSED when one of them is no list: ${trust} then believes what it did. */
int revoked_load(struct cms_trust *trust, const char *folder, struct err *e);

/** revoked_look(trust, folder): load again if a list changed since; at most every REVOKED_LOOK_MS, what fails is logged. */
void revoked_look(struct cms_trust *trust, const char *folder);
