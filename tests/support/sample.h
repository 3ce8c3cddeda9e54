/*
 * Bodies made from the field tables: a well-formed one for any verb, and the same with one fault in it.
 */
#pragma once
#include "record/record.h"

enum sample_fault { SAMPLE_WELL, SAMPLE_UNKNOWN, SAMPLE_MISSING, SAMPLE_TYPE, SAMPLE_LONG };

/** sample_body(a, type, fault, field): a client's JSON for ${type}; ${fault} is in the field numbered ${field} (of those a
 *  client may send). NULL when that fault is not possible in that field. */
char *sample_body(struct arena *a, const struct record_type *type, enum sample_fault fault, size_t field);
