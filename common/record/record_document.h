/*
 * Free-form JSON inside a record (DOCUMENT): brought into the one form that format.md, "Body", allows. Floats, keys
 * outside `[a-z][a-z0-9_]{0,39}`, forbidden characters and deep nesting are refused; the keys are sorted.
 */
#pragma once
#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

/**
 * record_document_write(b, value, path, depth, e): append the object ${value}, itself at nesting ${depth}, in canonical
 * form. Returns 0 or ERR_FIELD_TYPE, ERR_FIELD_RANGE naming the field ${path}.
 */
int record_document_write(struct buf *b, const json_t *value, const char *path, size_t depth, struct err *e);
