#include "domain/custody_record.h"

#include <string.h>

#include "domain/correction_value.h"

#define LAB (ROLE_TECHNICIAN | ROLE_SUPERVISOR | ROLE_QA)
#define EACH "containers.*."

static const struct {
    const char *act, *field;
} places[] = {
    {"custody.hand_over", "destination"},      {"custody.hand_over", "condition"},       {"custody.hand_over", "temperature_c"},
    {"custody.receive", "condition"},
    {"custody.return_give", "reason"},         {"custody.return_give", "condition"},     {"custody.return_give", "temperature_c"},
    {"custody.return_receive", "condition"},   {"custody.return_receive", "temperature_c"},
    {"custody.administer", "weight_kg"},       {"custody.administer", "route"},          {"custody.administer", "site"},
    {"custody.administer", "imaging"},         {"custody.administer", "started_at"},     {"custody.administer", "ended_at"},
    {"custody.administer", "adverse_event"},   {"custody.administer", "adverse_text"},   {"custody.administer", "reason"},
    {"custody.administer", EACH "volume_given_ml"}, {"custody.administer", EACH "residual_ml"},
};

static const struct {
    const char *act;
    unsigned roles;
} who[] = {
    {"custody.administer", ROLE_PHYSICIAN | ROLE_QA}, {"custody.return_give", LAB | ROLE_PHYSICIAN},
};

/* ${field} as a place has it: which container is left out; ${ret_id}, ${ret_len}: that container, NULL: none */
static const char *place_of(const char *field, const char **ret_id, size_t *ret_len)
{
    static const char list[] = "containers.";
    const char *last = strrchr(field, '.'), *id = field + sizeof list - 1;
    *ret_id = NULL;
    if (last == NULL || strncmp(field, list, sizeof list - 1) != 0 || last <= id)
        return field;
    *ret_id = id;
    *ret_len = (size_t)(last - id);
    return last + 1;
}

static bool is_place(const char *place, const char *name, bool is_each)
{
    bool each = strncmp(place, EACH, sizeof EACH - 1) == 0;
    return each == is_each && strcmp(each ? place + sizeof EACH - 1 : place, name) == 0;
}

bool custody_record_corrects(const char *act, const char *field)
{
    const char *id;
    size_t len;
    const char *name = place_of(field, &id, &len);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(places[i].act, act) == 0 && is_place(places[i].field, name, id != NULL))
            return true;
    return false;
}

unsigned custody_record_roles(const char *act)
{
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        if (strcmp(who[i].act, act) == 0)
            return who[i].roles;
    return LAB;
}

/* the rows copied, so that what was recorded is never written to */
static int put_container(struct arena *a, struct administer *given, const char *id, size_t len, const char *name,
                         const struct correction_words *words, struct err *e)
{
    struct list own = {NULL, 0};
    struct dose_container *found = NULL;
    for (size_t i = 0; i < given->containers.count; i++)
        *(struct dose_container *)record_list_add(a, &record_dose_container, &own) = *LIST_AT(given->containers, const struct dose_container, i);
    for (size_t i = 0; i < own.count; i++) {
        struct dose_container *k = LIST_AT(own, struct dose_container, i);
        if (strlen(k->container_id) == len && strncmp(k->container_id, id, len) == 0)
            found = k;
    }
    given->containers = own;
    if (found == NULL)
        return err_raise(e, ERR_NOT_FOUND, "field", "R12", "%.*s was not given with it", (int)len, id);
    return correction_value_put(a, &record_dose_container, name, words, found, e);
}

int custody_record_put(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e)
{
    const struct record_type *type = verb_find(act)->in;
    const struct correction_words words = {in->field, in->old_value, in->new_value};
    const char *id;
    size_t len;
    const char *name = place_of(in->field, &id, &len);
    if (!custody_record_corrects(act, in->field))
        return correction_value_refuse(type, act, in->field, e);
    if (id != NULL)
        return put_container(a, record, id, len, name, &words, e);
    int code = correction_value_put(a, type, name, &words, record, e);
    if (code == 0 && strcmp(name, "adverse_event") == 0)
        ((struct administer *)record)->adverse_text = ((struct administer *)record)->adverse_event == 1 ? in->reason : NULL;
    return code;
}

int custody_record_stand(struct arena *a, const char *act, void *record, const struct custody_correct *in, struct err *e)
{
    int code = custody_record_put(a, act, record, in, e);
    if (code != 0 || strcmp(act, "custody.administer") != 0)
        return code;
    struct administer *given = record;
    given->dose_cells = in->dose_cells;
    given->dose_cells_per_kg = in->dose_cells_per_kg;
    given->late_min = in->late_min;
    return 0;
}
