/*
 * Making a dossier: the subject's stream whole, the streams it relies on, proofs at one checkpoint, heads, time evidence,
 * attachments, certificates, exports. Reads only; the manifest is signed by the signer.
 */
#pragma once
#include "dossier/dossier.h"
#include "service/service.h"

struct audit_dossier_settings {
    const char *pki;                      /* folder with *.pem and *.crl to enclose */
    const struct dossier_signer *signer;
    const struct dossier_signer *paper_signer;   /* signs the whole of human/dossier.pdf */
    const char *fonts;
    bool redacted;
};

/** audit_dossier(db, a, settings, batch_id, ret, ret_file, e): build at the newest sealed checkpoint. ERR_NOT_FOUND,
 *  ERR_DOSSIER_REFUSED, ERR_UNAVAILABLE. Everything in ${a}. */
int audit_dossier(struct db *db, struct arena *a, const struct audit_dossier_settings *settings, const char *batch_id,
                  struct dossier *ret, struct bytes *ret_file, struct err *e);

/** audit_export(db, a, batch_id, format, ret, ret_count, e): the files of one format, from what the newest sealed checkpoint
 *  holds; errors as audit_dossier's and exports_make's. Everything in ${a}. */
int audit_export(struct db *db, struct arena *a, const char *batch_id, const char *format, struct zip_member **ret,
                 size_t *ret_count, struct err *e);
