/*
 * What a batch relies on: the streams that its statements, and theirs, name: donor, collection, procedure, specification,
 * equipment, materials, people, terminals. Found by walking the REFERENCE fields of the records, so that a new reference
 * is followed without a line here.
 */
#pragma once
#include "dossier/dossier.h"

/** audit_relied(a, statement, ids, count, max, e): add to ${ids} the streams that ${statement} names and that are not in it.
 *  Returns 0, or ERR_DOSSIER_REFUSED when there are more than ${max}. */
int audit_relied(struct arena *a, const struct statement *statement, const char **ids, size_t *count, size_t max,
                 struct err *e);
