/*
 * Shared by the walks over the field table (JSON, SQL); not for other modules. The JSON library stays behind it.
 */
#pragma once
#include "record/record.h"

/** record_write_field(b, f, slot, mode): the value in ${slot} as JSON; it must not be absent. */
void record_write_field(struct buf *b, const struct field *f, const void *slot, enum record_mode mode);

/** record_stored_time(text, ret_ms): a time as PostgreSQL prints it in a UTC session, or in the record's own form. */
bool record_stored_time(const char *text, int64_t *ret_ms);

/** record_stored_bytes(a, text, ret): `\x` and hex. */
bool record_stored_bytes(struct arena *a, const char *text, struct bytes *ret);

/**
 * record_read_stored(a, f, json, slot, e): read the database's JSON text ${json} for a LIST or DOCUMENT field.
 * Returns 0 or a refusal as record_from_json.
 */
int record_read_stored(struct arena *a, const struct field *f, const char *json, void *slot, struct err *e);
