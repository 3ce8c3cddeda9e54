#include "exports/exports.h"

#include <string.h>

#include "exports/formats.h"

/* in order of names, as they stand in a dossier */
static const struct {
    const char *format, *name;
    struct bytes (*make)(const struct facts *f);
} files[] = {
    {"b2mml", "b2mml.xml", b2mml_record}, {"csv", "corrections.csv", csv_corrections}, {"csv", "custody.csv", csv_custody},
    {"epcis", "epcis.jsonld", epcis_document}, {"fhir", "fhir.json", fhir_bundle}, {"csv", "steps.csv", csv_steps},
    {"csv", "tests.csv", csv_tests},
};

#define FILES (sizeof files / sizeof files[0])

int exports_make(struct arena *a, const struct dossier *d, const char *format, struct zip_member **ret, size_t *ret_count,
                 struct err *e)
{
    struct facts f;
    int code = facts_read(a, d, &f, e);
    if (code != 0)
        return code;
    *ret = ARENA_ARRAY(a, struct zip_member, FILES);
    *ret_count = 0;
    for (size_t i = 0; i < FILES; i++)
        if (format == NULL || strcmp(format, files[i].format) == 0)
            (*ret)[(*ret_count)++] = (struct zip_member){.name = files[i].name, .data = files[i].make(&f)};
    return *ret_count > 0 ? 0 : err_raise(e, ERR_NOT_FOUND, "format", "", "no export is called %.40s", format);
}
