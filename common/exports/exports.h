/*
 * A batch's record in the formats of others: FHIR R4, EPCIS 2.0, B2MML, CSV. Pure: the same dossier, the same bytes. What an
 * export says is a copy for their systems; the record is the statements (format.md, "Dossier": exports/<name>).
 */
#pragma once
#include "dossier/dossier.h"

/** exports_make(a, d, format, ret, ret_count, e): the files of ${format}, "fhir", "epcis", "b2mml" or "csv", or of all
 *  formats if NULL, in order of their names, from the statements in ${d}. ERR_NOT_FOUND for another word,
 *  ERR_DOSSIER_REFUSED when the subject of ${d} is no opened batch. */
int exports_make(struct arena *a, const struct dossier *d, const char *format, struct zip_member **ret, size_t *ret_count,
                 struct err *e);
