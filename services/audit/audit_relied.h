/*
 * What a batch relies on: the streams that its statements, and theirs, name: donor, collection, procedure, specification,
 * equipment, materials, people, terminals. Found by walking the REFERENCE fields of the records, so that a new reference
 * is followed without a line here.
 */
#pragma once
#include "dossier/dossier.h"
#include "record/record.h"

/** audit_relied(a, statement, ids, count, max, e): add to ${ids} the streams that ${statement} names and that are not in it; a document
 *  that somebody was merely trained on is none.
 *  Returns 0, or ERR_DOSSIER_REFUSED when there are more than ${max}. */
int audit_relied(struct arena *a, const struct statement *statement, const char **ids, size_t *count, size_t max,
                 struct err *e);

/** audit_relied_cleanings(a, statement, ret, e): add to ${ret} the cleanings that a step or correction rests on, as struct step_cleaning. */
int audit_relied_cleanings(struct arena *a, const struct statement *statement, struct list *ret, struct err *e);

/** audit_relied_only(a, s, ids, count, cleanings, before, e): of a person's or machine's stream keep what the dossier relies on: drop training on
 *  documents that are not among ${ids}, and training, calibrations and qualifications that a later one of the same kind replaced among the
 *  log's first ${before} leaves, that is before the subject began; of a unit's readings only excursions since; of cleanings only
 *  ${cleanings}. Sets s->whole false when anything went. */
int audit_relied_only(struct arena *a, struct dossier_stream *s, const char *const *ids, size_t count, const struct list *cleanings, uint64_t before,
                      struct err *e);
