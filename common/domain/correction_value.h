/*
 * One value of a record by its field's name, as corrections write it (R12): every value has one text, by which the next correction finds
 * it. Which fields of which statements are corrected is said by tables (source_record.c, custody_record.c); here is what happens to one, and
 * why another is refused. Pure. Refuses to touch what is an identity: ids, numbers on containers, seals and digests.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"

/** What a correction says of one value; ${field}: the path that the person wrote. */
struct correction_words {
    const char *field, *old_value, *new_value;
};

/** correction_value_text(a, type, i, record): field ${i} of ${record} as a person writes it, in ${a}; NULL: it is absent, or of a kind that
 *  is not corrected (lists, documents). */
const char *correction_value_text(struct arena *a, const struct record_type *type, size_t i, const void *record);

/** correction_value_put(a, type, name, words, record, e): the new value into field ${name} of ${record}. ERR_NOT_FOUND where nothing is
 *  recorded, ERR_HEAD_STALE for an old value that does not stand, ERR_FIELD_RANGE for a new one that stands already, ERR_FIELD_TYPE for one
 *  that is written otherwise. */
int correction_value_put(struct arena *a, const struct record_type *type, const char *name, const struct correction_words *words,
                         void *record, struct err *e);

/** correction_value_refuse(type, act, field, e): why ${field} of an entry of ${act}, a record of ${type}, is not corrected: there is none, it
 *  is an identity, or it is not corrected. ERR_FIELD_UNKNOWN, R12. */
int correction_value_refuse(const struct record_type *type, const char *act, const char *field, struct err *e);
