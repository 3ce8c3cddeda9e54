/*
 * Reads a lab document (procedure, specification) from JSON by tables of keys: unknown, missing, doubled, mistyped and
 * over-long keys are refused by their path. Numbers with a point are refused: decimals travel as text (format.md, body).
 * Knows nothing of what the documents mean.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#define DOCUMENT_BYTES_MAX 56000   /* a statement holds 60,000 */

enum document_kind {
    DOC_TEXT,      /* const char *: min..max characters, no control characters */
    DOC_NAME,      /* const char *: [a-z][a-z0-9_]*, at most max characters */
    DOC_DECIMAL,   /* const char *: a decimal (base/number.h) */
    DOC_INTEGER,   /* int: min..max */
    DOC_BOOL,      /* bool */
    DOC_WORD,      /* int: position of the text in the table words */
    DOC_TEXTS,     /* struct document_list of const char *: min..max entries */
    DOC_OBJECTS,   /* struct document_list of the shape's struct: min..max entries */
    DOC_OBJECT     /* void *: one object of the shape's struct, NULL when absent */
};

/** A list in its arena: ${items} is an array of const char * or of the shape's struct. */
struct document_list {
    void *items;
    size_t count;
};

struct document_shape;

/** One key: what it holds, whether it must be there, its bounds, and where it goes. */
struct document_key {
    const char *name;
    enum document_kind kind;
    bool required;
    int min, max;
    size_t offset;
    const char *const *words;               /* DOC_WORD: NULL-ended */
    const struct document_shape *shape;     /* DOC_OBJECTS, DOC_OBJECT */
};

struct document_shape {
    size_t size;
    size_t key_count;
    const struct document_key *keys;
};

/** document_read(a, json, len, shape, ret, e): the object ${json} into ${ret} (shape->size bytes, zeroed by the caller),
 *  strings in ${a}. Refuses with ERR_DOCUMENT_REFUSED and the path of the key in ${e}->field. */
int document_read(struct arena *a, const char *json, size_t len, const struct document_shape *shape, void *ret,
    struct err *e);
