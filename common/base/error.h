/*
 * Two classes of failure. A function that can fail returns 0, a *refusal* (> 0, an ERR_* of errors.def: a person can
 * understand and mend it) or ERR_FAULT (< 0: nobody on the way handles it; dispatch rolls back and answers an id).
 * What was refused travels in `struct err`, the last parameter, never NULL.
 */
#pragma once
#include <stddef.h>

enum {
    ERR_FAULT = -1,
    ERR_NONE = 0,
#define ERROR(symbol, http, sqlstate, sentence, hint) ERR_##symbol,
#include "base/errors.def"
#undef ERROR
    ERR_COUNT
};

struct err {
    int code;        /* what was returned */
    char field[64];  /* the field or thing refused, "" where none */
    char rule[32];   /* the lab's rule, e.g. "R10" or "gate 6"; "" where none */
    char text[400];  /* what happened, with values; never a secret */
};

struct err_row {
    const char *code;   /* wire code: the symbol in lower case */
    int http;
    const char *sqlstate, *sentence, *hint;
};

/** err_raise(e, code, field, rule, format, ...): fill ${e} and return ${code}. ${field}, ${rule} may be NULL. */
int err_raise(struct err *e, int code, const char *field, const char *rule, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** err_fault(e, format, ...): fill ${e} with a fault and return ERR_FAULT. */
int err_fault(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** err_row(code): the catalogue's row; a fault has the row {"fault", 500, ...}. Never NULL. */
const struct err_row *err_row(int code);

/** err_of_sqlstate(sqlstate): the refusal that our SQL functions raise so, or ERR_FAULT. */
int err_of_sqlstate(const char *sqlstate);

/** err_of_code(code): the refusal with this wire code, or ERR_FAULT. */
int err_of_code(const char *code);
