/*
 * First expansion of a .records.def: structs and extern declarations. Closed by record/structs_end.h. No include guard:
 * each contract header expands its own file.
 */
#include "record/record.h"

#define WORD_LIST(list, ...) extern const struct word_list words_##list;
#define RECORD(record, title) __extension__ struct record {
#define FIELD(kind, name, flags, max, unit, label) RECORD_C_##kind name;
#define WORDS(name, flags, list, label) const char *name;
#define ROWS(record, name, flags, max, label) struct list name;
#define END(record) }; extern const struct record_type record_##record;

#ifndef RECORD_C_TEXT
#define RECORD_C_TEXT const char *
#define RECORD_C_LINES const char *
#define RECORD_C_INTEGER int64_t
#define RECORD_C_DECIMAL const char *
#define RECORD_C_BOOLEAN int8_t
#define RECORD_C_TIME int64_t
#define RECORD_C_BYTES struct bytes
#define RECORD_C_DIGEST const char *
#define RECORD_C_STREAM const char *
#define RECORD_C_TEXTS struct list
#define RECORD_C_DOCUMENT const char *
#endif
