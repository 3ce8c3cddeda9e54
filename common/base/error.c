#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR(symbol, http, sqlstate, sentence, hint) [ERR_##symbol] = {#symbol, http, sqlstate, sentence, hint},
static struct err_row rows[ERR_COUNT] = {
#include "base/errors.def"
};
#undef ERROR

static const struct err_row fault = {"fault", 500, "", "Something failed inside.",
                                     "Nothing was recorded. Quote the request id to the people who run the system."};
static char codes[ERR_COUNT][32];

__attribute__((constructor)) static void lower_codes(void)
{
    for (int i = 1; i < ERR_COUNT; i++) {
        for (size_t k = 0; rows[i].code[k] != '\0' && k < sizeof codes[i] - 1; k++) {
            char c = rows[i].code[k];
            codes[i][k] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        rows[i].code = codes[i];
    }
}

static void fill(struct err *e, int code, const char *field, const char *rule)
{
    memset(e, 0, sizeof *e);
    e->code = code;
    if (field != NULL)
        snprintf(e->field, sizeof e->field, "%s", field);
    if (rule != NULL)
        snprintf(e->rule, sizeof e->rule, "%s", rule);
}

int err_raise(struct err *e, int code, const char *field, const char *rule, const char *format, ...)
{
    struct err made;   /* the arguments may point into *e */
    fill(&made, code, field, rule);
    va_list args;
    va_start(args, format);
    vsnprintf(made.text, sizeof made.text, format, args);
    va_end(args);
    *e = made;
    return code;
}

int err_fault(struct err *e, const char *format, ...)
{
    struct err made;
    fill(&made, ERR_FAULT, NULL, NULL);
    va_list args;
    va_start(args, format);
    vsnprintf(made.text, sizeof made.text, format, args);
    va_end(args);
    *e = made;
    return ERR_FAULT;
}

const struct err_row *err_row(int code)
{
    return code > 0 && code < ERR_COUNT ? &rows[code] : &fault;
}

int err_of_sqlstate(const char *sqlstate)
{
    for (int i = 1; i < ERR_COUNT; i++)
        if (strcmp(rows[i].sqlstate, sqlstate) == 0)
            return i;
    return ERR_FAULT;
}

int err_of_code(const char *code)
{
    for (int i = 1; i < ERR_COUNT; i++)
        if (strcmp(rows[i].code, code) == 0)
            return i;
    return ERR_FAULT;
}
