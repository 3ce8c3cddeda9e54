#include "domain/correction_value.h"

#include <string.h>

const char *correction_value_text(struct arena *a, const struct record_type *type, size_t i, const void *record)
{
    const void *at = record_at_const(type, i, record);
    char time[CLOCK_TEXT];
    if (record_is_absent(type, i, record))
        return NULL;
    switch (type->fields[i].kind) {
    case FIELD_TEXT: case FIELD_WORD: case FIELD_DECIMAL: return *(const char *const *)at;
    case FIELD_BOOLEAN: return *(const int8_t *)at == 1 ? "true" : "false";
    case FIELD_TIME: clock_to_text(*(const int64_t *)at, time); return arena_text(a, time);
    default: return NULL;
    }
}

int correction_value_put(struct arena *a, const struct record_type *type, const char *name, const struct correction_words *words,
                         void *record, struct err *e)
{
    size_t i = (size_t)record_field(type, name, strlen(name));
    const char *stands = correction_value_text(a, type, i, record);
    if (stands == NULL)
        return err_raise(e, ERR_NOT_FOUND, "field", "R12", "%s is not recorded, so nothing is there to be corrected", words->field);
    if (strcmp(stands, words->old_value) != 0)
        return err_raise(e, ERR_HEAD_STALE, "old_value", "R12", "%s stands as %s", words->field, stands);
    if (strcmp(stands, words->new_value) == 0)
        return err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "%s is what stands already", stands);
    int code = record_from_text(a, type, name, words->new_value, record, e);
    const char *now = code == 0 ? correction_value_text(a, type, i, record) : NULL;
    if (code == 0 && (now == NULL || strcmp(now, words->new_value) != 0))
        code = err_raise(e, ERR_FIELD_TYPE, "new_value", "R12", "it is written %s", now != NULL ? now : "otherwise");
    return code;
}

/* Texts that say whose or which it is, as streams and digests do by their kind. */
static bool is_identity(const struct record_type *type, int i, const char *last)
{
    static const char *const names[] = {"donation_number", "check_character", "transfer_id", "container_id", "containers", "seal_number",
                                        "recipient_code"};
    if (i >= 0 && (type->fields[i].kind == FIELD_STREAM || type->fields[i].kind == FIELD_DIGEST))
        return true;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(names[k], last) == 0)
            return true;
    return false;
}

int correction_value_refuse(const struct record_type *type, const char *act, const char *field, struct err *e)
{
    const char *point = strrchr(field, '.'), *last = point != NULL ? point + 1 : field;
    int i = record_field(type, field, strlen(field));
    if (is_identity(type, i, last))
        return err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "%s of %s is an identity, which is not corrected: what stands under a wrong"
                         " one is recorded anew, with a deviation", field, act);
    if (i < 0)
        return err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "%s has no value %s that is corrected", act, field);
    return err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "%s of %s is not corrected", field, act);
}
