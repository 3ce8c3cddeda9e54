#include "domain/fill_record.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/zone.h"

#define HOUR_MS INT64_C(3600000)
#define EASTERNMOST_MS (14 * HOUR_MS)
#define WESTERNMOST_MS (12 * HOUR_MS)

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

int fill_path_read(struct arena *a, const char *field, struct fill_path *ret, struct err *e)
{
    static const char *const own[] = {"volume_in_ml", "samples_ml", "waste_ml", "expires_at"}, *const each[] = {"volume_ml", "cells"};
    static const char list[] = "containers.";
    const char *last = strrchr(field, '.'), *first = field + sizeof list - 1;
    *ret = (struct fill_path){NULL, NULL};
    for (size_t i = 0; i < sizeof own / sizeof own[0] && last == NULL; i++)
        if (same(own[i], field))
            ret->name = own[i];
    for (size_t i = 0; i < sizeof each / sizeof each[0] && last != NULL; i++)
        if (strncmp(field, list, sizeof list - 1) == 0 && last > first && same(each[i], last + 1))
            *ret = (struct fill_path){arena_dup(a, first, (size_t)(last - first)), each[i]};
    return ret->name != NULL ? 0 : err_raise(e, ERR_FIELD_UNKNOWN, "field", "R12", "a fill has no %s", field);
}

static struct fill_container *container_of(struct arena *a, struct batch_fill *fill, const char *id)
{
    struct list copy = {NULL, 0};
    struct fill_container *found = NULL;
    for (size_t i = 0; i < fill->containers.count; i++)
        *(struct fill_container *)record_list_add(a, &record_fill_container, &copy) = *LIST_AT(fill->containers, struct fill_container, i);
    fill->containers = copy;
    for (size_t i = 0; i < copy.count; i++)
        if (same(LIST_AT(copy, struct fill_container, i)->container_id, id))
            found = LIST_AT(copy, struct fill_container, i);
    return found;
}

static const char **quantity_of(struct arena *a, struct batch_fill *fill, const struct fill_path *path)
{
    if (path->container != NULL) {
        struct fill_container *k = container_of(a, fill, path->container);
        return k == NULL ? NULL : same(path->name, "cells") ? &k->cells : &k->volume_ml;
    }
    return same(path->name, "volume_in_ml") ? &fill->volume_in_ml : same(path->name, "samples_ml") ? &fill->samples_ml : &fill->waste_ml;
}

static int check_old(const struct fill_correct *in, const char *stands, struct err *e)
{
    if (!same(stands, in->old_value))
        return err_raise(e, ERR_HEAD_STALE, "old_value", "R12", "%s of the fill stands as %s", in->field, stands);
    if (same(in->new_value, stands))
        return err_raise(e, ERR_FIELD_RANGE, "new_value", "R12", "%s is what stands already", stands);
    return 0;
}

static int put_expiry(struct arena *a, struct batch_fill *fill, const struct fill_correct *in, struct err *e)
{
    char stands[CLOCK_TEXT];
    clock_to_text(fill->expires_at, stands);
    int code = check_old(in, arena_text(a, stands), e);
    if (code == 0 && !clock_from_text(in->new_value, strlen(in->new_value), &fill->expires_at))
        code = err_raise(e, ERR_FIELD_TYPE, "new_value", "R12", "%s is not a time: %s is one", in->new_value, stands);
    return code;
}

int fill_record_put(struct arena *a, struct batch_fill *fill, const struct fill_correct *in, struct err *e)
{
    struct fill_path path;
    int code = fill_path_read(a, in->field, &path, e);
    if (code != 0)
        return code;
    if (same(path.name, "expires_at"))
        return put_expiry(a, fill, in, e);
    const char **quantity = quantity_of(a, fill, &path);
    if (quantity == NULL)
        return err_raise(e, ERR_NOT_FOUND, "field", "R12", "%s was not filled", path.container);
    code = check_old(in, *quantity, e);
    if (code == 0 && !decimal_is_valid(in->new_value))
        code = err_raise(e, ERR_FIELD_TYPE, "new_value", "R22", "%s is not a quantity", in->new_value);
    if (code == 0 && (in->new_value[0] == '-' || (same(path.name, "volume_ml") && strspn(in->new_value, "0.") == strlen(in->new_value))))
        code = err_raise(e, ERR_FIELD_RANGE, "new_value", "R22", "%s is not a quantity of %s", in->new_value, in->field);
    if (code == 0)
        *quantity = in->new_value;
    return code;
}

int fill_record_balance(struct arena *a, const struct batch_fill *in, const char *percent, const char *ml, struct err *e)
{
    CLEANUP(number_done) struct number out, part, tolerance, least;
    const struct fill_container *containers = in->containers.items;
    number_init(&out);
    number_init(&part);
    number_init(&tolerance);
    number_init(&least);
    const char *const parts[] = {in->samples_ml, in->waste_ml};
    for (size_t i = 0; i < in->containers.count + 2; i++) {
        number_from_decimal(&part, i < 2 ? parts[i] : containers[i - 2].volume_ml);
        mpq_add(out.q, out.q, part.q);
    }
    number_from_decimal(&part, in->volume_in_ml);
    number_from_decimal(&tolerance, percent);
    number_from_decimal(&least, ml);
    mpq_mul(tolerance.q, tolerance.q, part.q);
    mpq_set_ui(part.q, 100, 1);
    mpq_div(tolerance.q, tolerance.q, part.q);
    if (number_compare(&tolerance, &least) < 0)
        mpq_set(tolerance.q, least.q);
    number_from_decimal(&part, in->volume_in_ml);
    const char *sum = number_to_decimal(a, &out, 3);
    mpq_sub(out.q, out.q, part.q);
    mpq_abs(out.q, out.q);
    if (number_compare(&out, &tolerance) <= 0)
        return 0;
    return err_raise(e, ERR_BALANCE_OPEN, "volume_in_ml", "R33", "%s mL in, %s mL accounted for, tolerance %s mL",
                     in->volume_in_ml, sum, number_to_decimal(a, &tolerance, 3));
}

void fill_record_lapse(struct arena *a, const struct correction_act *acts, size_t n, struct fill_correct *in)
{
    correction_lapse_whole(a, acts, n, "batch.fill", in->corrects, &in->lapsed);
}

/* The latest end, in any zone, of the day ${months} after that of ${at_ms}: at the date line it may be tomorrow already, and a day ends
 * twelve hours later than in Greenwich. */
static int64_t months_later_anywhere(int64_t at_ms, int months)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char text[64];
    int64_t ret = at_ms;
    clock_to_text(at_ms + EASTERNMOST_MS, text);
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    int month = (text[5] - '0') * 10 + text[6] - '0' - 1 + months;
    int day = (text[8] - '0') * 10 + text[9] - '0';
    year += month / 12;
    month %= 12;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int length = lengths[month] + (month == 1 && leap);
    snprintf(text, sizeof text, "%04d-%02d-%02dT23:59:59.999Z", year % 10000, month + 1, day < length ? day : length);
    clock_from_text(text, CLOCK_TEXT - 1, &ret);
    return ret + WESTERNMOST_MS;
}

static int64_t hours_ms(const char *hours)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    number_from_decimal(&n, hours);
    mpz_mul_ui(mpq_numref(n.q), mpq_numref(n.q), HOUR_MS);
    mpz_fdiv_q(mpq_numref(n.q), mpq_numref(n.q), mpq_denref(n.q));
    return mpz_get_si(mpq_numref(n.q));
}

int64_t fill_record_formulated(const struct procedure *doc, const struct batch_step *steps, size_t n)
{
    int64_t formulated_ms = TIME_ABSENT;
    for (size_t i = 0; i < n; i++) {
        const struct procedure_step *step = procedure_step(doc, (int)steps[i].step);
        if (step != NULL && step->stage == STAGE_FORMULATION)
            formulated_ms = steps[i].ended_at;
    }
    return formulated_ms;
}

/* fresh product ages from the end of formulation, frozen from the fill */
static int expiry_check(const struct procedure *doc, int64_t from_ms, int64_t day_ms, int64_t expires_ms, struct err *e)
{
    char latest[CLOCK_TEXT];
    int64_t latest_ms = doc->shelf_life_months > 0 ? day_ms : from_ms + hours_ms(doc->shelf_life_h != NULL ? doc->shelf_life_h : "0");
    if (expires_ms <= latest_ms)
        return 0;
    clock_to_text(latest_ms, latest);
    return err_raise(e, ERR_LIMIT_HARD, "expires_at", "T19", "the procedure's shelf life ends at %s", latest);
}

int fill_record_expiry(const struct procedure *doc, int64_t formulated_ms, int64_t filled_ms, int64_t expires_ms, struct err *e)
{
    return expiry_check(doc, formulated_ms != TIME_ABSENT ? formulated_ms : filled_ms, zone_days_end(filled_ms, doc->shelf_life_months),
                        expires_ms, e);
}

int fill_record_expiry_anywhere(const struct procedure *doc, int64_t formulated_ms, int64_t filled_ms, int64_t expires_ms, struct err *e)
{
    return expiry_check(doc, formulated_ms != TIME_ABSENT ? formulated_ms : filled_ms,
                        months_later_anywhere(filled_ms, doc->shelf_life_months), expires_ms, e);
}
