#include "inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int file_refuse(const struct reading *r, int line, int column, const char *format, ...)
{
    char what[200];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_raise(r->e, ERR_RESULT_REFUSED, "file", "T52", "line %d, column %d: %s", line, column, what);
}

int instrument_read(struct arena *a, struct bytes file, struct instrument_file *ret, struct err *e)
{
    static const struct {
        bool (*known)(const struct reading *r);
        int (*read)(struct reading *r);
    } readers[] = {{reports_known, reports_read}, {bioht_known, bioht_read}, {hl7_known, hl7_read}, {tables_known, tables_read}};
    struct reading r = {.a = a, .e = e, .out = ret};
    *ret = (struct instrument_file){NULL, {NULL, 0}, NULL, NULL};
    if (fcs_known(file))
        return fcs_read(&r, file);
    if (astm_known(file))
        return astm_read(&r, file);
    int code = file_lines(&r, file);
    for (size_t i = 0; code == 0 && i < sizeof readers / sizeof *readers; i++)
        if (readers[i].known(&r))
            return readers[i].read(&r);
    return code != 0 ? code : err_raise(e, ERR_RESULT_REFUSED, "file", "T52", "it is in no format that is known here");
}
