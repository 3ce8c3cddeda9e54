#include "domain/custody_record.h"

#include <string.h>

static const struct {
    const char *act, *field;
} places[] = {
    {"custody.hand_over", "destination"}, {"custody.hand_over", "condition"}, {"custody.hand_over", "temperature_c"},
    {"custody.receive", "condition"},
};

bool custody_record_corrects(const char *act, const char *field)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(places[i].act, act) == 0 && strcmp(places[i].field, field) == 0)
            return true;
    return false;
}

int custody_record_put(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e)
{
    if (!custody_record_corrects(act, in->field))
        return err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "%s of %s is not corrected", in->field, act);
    const struct record_type *type = verb_find(act)->in;
    const char *stands;
    memcpy(&stands, record_at(type, (size_t)record_field(type, in->field, strlen(in->field)), record), sizeof stands);
    if (strcmp(stands, in->old_value) != 0)
        return err_raise(e, ERR_HEAD_STALE, "old_value", "R12", "%s stands as %s", in->field, stands);
    if (strcmp(stands, in->new_value) == 0)
        return err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "%s is what stands already", stands);
    return record_from_text(a, type, in->field, in->new_value, record, e);
}
