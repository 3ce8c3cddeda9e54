/*
 * One definition of each record: a .def row gives the C struct and the field table; JSON, SQL text values, forms and the
 * reference page are walks over that table (record_json.c, record_sql.c, record_form.c). What is not in the table is
 * refused by name. No value is a binary float, no text is outside the strict profile of format.md, "Body".
 *
 * A contract file, expanded exactly twice:
 *   header:  #include "record/structs_begin.h"  #include "x.records.def"  #include "record/structs_end.h"
 *   source:  #include "record/tables_begin.h"   #include "x.records.def"  #include "record/tables_end.h"
 * Rows:
 *   WORD_LIST(list, "word", "word")                       gives words_<list>
 *   RECORD(name, "title")                                 gives struct <name>, record_<name>
 *   FIELD(KIND, name, FLAGS, max, "unit", "label")        KIND: TEXT LINES INTEGER DECIMAL BOOLEAN TIME BYTES DIGEST STREAM TEXTS DOCUMENT
 *   WORDS(name, FLAGS, list, "label")                     a word of words_<list>
 *   ROWS(record, name, FLAGS, max, "label")               a list of another record (defined anywhere)
 *   END(name)
 * FLAGS: NONE or a | of REQUIRED ASSIGNED COMPUTED SECRET PERSONAL REFERENCE KEY ATTACHED. `max` 0 takes the kind's default.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

#define INTEGER_ABSENT INT64_MIN
#define INTEGER_MAX ((INT64_C(1) << 53) - 1)   /* format.md: whole numbers within ±(2^53-1) */
#define BOOLEAN_ABSENT ((int8_t)-1)
#define RECORD_FIELDS_MAX 64                   /* fields of one record */
#define RECORD_DEPTH_MAX 8                     /* format.md: nesting of a body, its outer object being 1 */

/*      kind       C type         default max, and what max counts                        SQL type of its text value */
#define RECORD_KINDS(KIND)                                                                                          \
    KIND(TEXT,     const char *,  400,         "characters; absent: NULL",                "text")                     \
    KIND(LINES,    const char *,  60000,       "bytes; text with line feeds, never in a statement", "text")            \
    KIND(INTEGER,  int64_t,       0,           "greatest magnitude; absent: INTEGER_ABSENT", "bigint")              \
    KIND(DECIMAL,  const char *,  60,          "characters; decimal_is_valid; absent: NULL", "numeric")             \
    KIND(BOOLEAN,  int8_t,        0,           "not used; 0, 1; absent: BOOLEAN_ABSENT",  "boolean")                  \
    KIND(TIME,     int64_t,       0,           "not used; UTC ms; absent: TIME_ABSENT",   "timestamptz")              \
    KIND(BYTES,    struct bytes,  65536,       "bytes decoded; JSON base64; absent: data NULL", "bytea")            \
    KIND(DIGEST,   const char *,  64,          "not used; 64 hex digits; absent: NULL",   "bytea")                    \
    KIND(WORD,     const char *,  40,          "not used; one of its word list; absent: NULL", "text")               \
    KIND(STREAM,   const char *,  32,          "not used; unit: the kind's letters, \"\": any; absent: NULL", "text")            \
    KIND(LIST,     struct list,   1000,        "rows; absent and empty are the same",     "jsonb")                    \
    KIND(TEXTS,    struct list,   100,         "strings, each at most 400 characters",    "text[]")                   \
    KIND(DOCUMENT, const char *,  60000,       "bytes of one canonical JSON object; absent: NULL", "jsonb")

/** A list of another record's structs (LIST), or of `const char *` (TEXTS). */
struct list {
    void *items;
    size_t count;
};
#define LIST_AT(list, type, i) (&((type *)(list).items)[i])
#define TEXTS_AT(list, i) (((const char *const *)(list).items)[i])

enum field_kind {
#define KIND(kind, ctype, max, counts, sql) FIELD_##kind,
    RECORD_KINDS(KIND)
#undef KIND
    FIELD_KIND_COUNT
};

enum field_flag {
    FLAG_NONE = 0,
    FLAG_REQUIRED = 1,    /* must be there (with ASSIGNED or COMPUTED: in a statement) */
    FLAG_ASSIGNED = 2,    /* the service fills it when the client leaves it out */
    FLAG_COMPUTED = 4,    /* the service computes it; a client must not send it */
    FLAG_SECRET = 8,      /* never in a log, never printed, never in a statement */
    FLAG_PERSONAL = 16,   /* personal data: never in a statement, never in a log */
    FLAG_REFERENCE = 32,  /* names another stream or thing */
    FLAG_KEY = 64,        /* part of what identifies the record */
    FLAG_ATTACHED = 128,  /* bytes that come beside the record: the entry names them by digest, the statement has them not */
};

struct word_list {
    const char *name;
    const char *const *words;    /* NULL-ended */
    size_t count;
};

struct record_type;

struct field {
    const char *name;            /* NULL ends a table */
    enum field_kind kind;
    unsigned flags;
    size_t max;                  /* as written in the row; field_max() gives the default for 0 */
    const char *unit, *label;
    const struct word_list *words;
    const struct record_type *rows;
};

/** Worked out once from the field table, at first use: where each field lies and the order of keys in JSON. */
struct record_plan {
    bool ready;
    uint16_t offset[RECORD_FIELDS_MAX];
    uint8_t by_key[RECORD_FIELDS_MAX];   /* field indexes, names ascending by byte */
};

struct record_type {
    const char *name, *title;
    const struct field *fields;
    size_t count;                /* fields */
    size_t size;                 /* of the struct */
    struct record_plan *plan;
};

/**
 * How a record travels.          in                                        out
 *   RECORD_CLIENT     a client's request: COMPUTED refused          all but COMPUTED
 *   RECORD_STATEMENT  a statement's body: PERSONAL, SECRET refused,  all but PERSONAL, SECRET and ATTACHED
 *                     (ATTACHED too), all REQUIRED there, canonical
 *   RECORD_REPLY      a service's answer: all                        all
 *   RECORD_LOG        (as RECORD_REPLY)                              all but PERSONAL, SECRET and ATTACHED
 *   RECORD_STORED     JSON made by the database: null is absent,     all
 *                     bytes may be \x hex, times ISO in UTC
 */
enum record_mode { RECORD_CLIENT, RECORD_STATEMENT, RECORD_REPLY, RECORD_LOG, RECORD_STORED };

/** record_plan(type): ${type}'s plan, worked out at first use. Stops the program if the table and the struct disagree. */
const struct record_plan *record_plan(const struct record_type *type);

/** record_field(type, name, len): index of the field called so, -1 if there is none. */
int record_field(const struct record_type *type, const char *name, size_t len);

/** record_at(type, i, record), record_at_const: where field ${i} of ${record} lies. */
void *record_at(const struct record_type *type, size_t i, void *record);
const void *record_at_const(const struct record_type *type, size_t i, const void *record);

/** record_is_absent(type, i, record): field ${i} holds its kind's absent value. */
bool record_is_absent(const struct record_type *type, size_t i, const void *record);

/** record_init(type, ret): all fields absent. record_new(a, type): a fresh one in ${a}. */
void record_init(const struct record_type *type, void *ret);
void *record_new(struct arena *a, const struct record_type *type);

/** record_list_add(a, type, list): one more row, all absent, at the end of ${list}; the returned pointer is good until the next add. */
void *record_list_add(struct arena *a, const struct record_type *type, struct list *list);

/** record_list_cut(type, record, list, ret_more): ${list} is a list of rows of ${record}: what is beyond its field's most goes, and ${ret_more} says that
 *  there is more. Whoever reads the rows asks for one more than the most. */
void record_list_cut(const struct record_type *type, void *record, struct list *list, int8_t *ret_more);

/** texts_add(a, list, text): one more string (borrowed) at the end of a TEXTS list. */
void texts_add(struct arena *a, struct list *list, const char *text);

/** field_max(f): what the row allows, its kind's default for 0. */
size_t field_max(const struct field *f);

/** field_kind_name(kind), field_kind_sql(kind): "text", "integer", ...; the SQL type of its text value. */
const char *field_kind_name(enum field_kind kind);
const char *field_kind_sql(enum field_kind kind);

/** word_list_has(list, word): ${word} is in ${list}. */
bool word_list_has(const struct word_list *list, const char *word);

/** record_stream_is_valid(id): `[A-Z]{1,4}(-[A-Z0-9]{1,27})?` (format.md, "Streams"), at most 32 characters. */
bool record_stream_is_valid(const char *id);

/**
 * record_check_text(text, len, field, e): ${text} is well-formed UTF-8 in NFC without a code point forbidden in a body.
 * Returns 0 or ERR_FIELD_TYPE naming ${field}.
 */
int record_check_text(const char *text, size_t len, const char *field, struct err *e);

/**
 * record_from_json(a, type, json, len, mode, ret, e):
 * Read one JSON object into ${ret} (a struct of ${type}); strings live in ${a}. Unknown, missing, mistyped, too long and
 * out-of-list fields are refused by name, with the path when nested (`values[2].name`); a repeated key refuses the body.
 * In RECORD_STATEMENT the bytes must be exactly what record_to_json writes, with or without LF at the end.
 * Returns 0 or ERR_BODY_MALFORMED, ERR_FIELD_*, ERR_STATEMENT_MALFORMED.
 */
int record_from_json(struct arena *a, const struct record_type *type, const char *json, size_t len,
                     enum record_mode mode, void *ret, struct err *e);

/**
 * record_to_json(b, type, record, mode): append the canonical form (format.md, "Body"): keys ascending by byte, absent
 * fields and empty lists left out, no white space, no LF at the end.
 */
void record_to_json(struct buf *b, const struct record_type *type, const void *record, enum record_mode mode);

/** record_write_string(b, text): ${text} as a JSON string; the only escapes are \" and \\ (in LINES \n too). */
void record_write_string(struct buf *b, const char *text);

/**
 * record_from_text(a, type, name, text, record, e): set one field from what a person typed (`count=3`): numbers, times,
 * booleans (true, false), base64 and JSON (DOCUMENT, LIST) by the field's kind; TEXTS adds one string.
 * Returns 0 or ERR_FIELD_*.
 */
int record_from_text(struct arena *a, const struct record_type *type, const char *name, const char *text, void *record,
                     struct err *e);

/**
 * record_to_values(a, type, record, ret_values): the fields in order as PostgreSQL text parameters, absent as NULL:
 * BYTES and DIGEST as \x hex, TEXTS as an array literal, LIST and DOCUMENT as JSON. ${ret_values} has type->count places.
 */
void record_to_values(struct arena *a, const struct record_type *type, const void *record, const char **ret_values);

/**
 * record_from_cells(a, type, names, cells, n, ret, e): fill ${ret} from a result row in text format; ${cells}[i] NULL is
 * SQL null. The ${n} column names must be the field names in order. Times may come in ISO form of a UTC session.
 * Returns 0 or a fault naming the column (a wrong column is a programmer's mistake, not a refusal).
 */
int record_from_cells(struct arena *a, const struct record_type *type, const char *const *names,
                      const char *const *cells, size_t n, void *ret, struct err *e);

/** record_form(b, type): append the JSON description that forms are drawn from: title and, in table order, each field's
 *  name, kind, label, unit, max, flags, words and nested record. */
void record_form(struct buf *b, const struct record_type *type);

/** record_doc(b, type): append the record as a Markdown section with one table row a field. */
void record_doc(struct buf *b, const struct record_type *type);
