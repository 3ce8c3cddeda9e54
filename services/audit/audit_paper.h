/*
 * The readable paper of a dossier: drawn from the dossier's own statements, signed as a PDF by the signer. A copy for
 * reading; the manifest's digest covers it.
 */
#pragma once
#include "audit_dossier.h"

/** audit_paper(a, d, settings, token_ms, e): draw, have signed and put into ${d} human/dossier.pdf. ${token_ms} is the time
 *  of the time-stamp over the checkpoint. */
int audit_paper(struct arena *a, struct dossier *d, const struct audit_dossier_settings *settings, int64_t token_ms,
                struct err *e);
