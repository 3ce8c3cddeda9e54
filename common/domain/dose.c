#include "domain/dose.h"

#include <string.h>

#include "base/number.h"

#define TOLERANCE_SHARE "0.02"
#define TOLERANCE_ML "0.5"

static const struct dose_filled *find(const struct dose_filled *filled, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(filled[i].container_id, id) == 0)
            return &filled[i];
    return NULL;
}

static bool stands_before(const struct administer *in, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(LIST_AT(in->containers, const struct dose_container, i)->container_id,
                   LIST_AT(in->containers, const struct dose_container, at)->container_id) == 0)
            return true;
    return false;
}

/* given + residue against filled */
static bool balances(const struct number *filled, const struct number *given, const struct number *residual)
{
    CLEANUP(number_done) struct number off, tolerance, least;
    number_init(&off);
    number_init(&tolerance);
    number_init(&least);
    mpq_add(off.q, given->q, residual->q);
    mpq_sub(off.q, off.q, filled->q);
    mpq_abs(off.q, off.q);
    number_from_decimal(&tolerance, TOLERANCE_SHARE);
    number_from_decimal(&least, TOLERANCE_ML);
    mpq_mul(tolerance.q, tolerance.q, filled->q);
    return number_compare(&off, &tolerance) <= 0 || number_compare(&off, &least) <= 0;
}

/* adds the cells that the volume given holds */
static int add_part(const struct dose_filled *f, const struct dose_container *k, struct number *sum, bool *ret_balances, struct err *e)
{
    CLEANUP(number_done) struct number filled, given, residual, cells;
    number_init(&filled);
    number_init(&given);
    number_init(&residual);
    number_init(&cells);
    if (!number_from_decimal(&filled, f->volume_ml) || !number_from_decimal(&cells, f->cells) || mpq_sgn(filled.q) <= 0)
        return err_raise(e, ERR_FIELD_RANGE, "containers", "R24", "%s has no volume", k->container_id);
    if (!number_from_decimal(&given, k->volume_given_ml) || mpq_sgn(given.q) <= 0)
        return err_raise(e, ERR_FIELD_RANGE, "volume_given_ml", "R22", "something of %s is given", k->container_id);
    if (!number_from_decimal(&residual, k->residual_ml) || mpq_sgn(residual.q) < 0)
        return err_raise(e, ERR_FIELD_RANGE, "residual_ml", "R22", "a residue of %s is nothing or more", k->container_id);
    if (!balances(&filled, &given, &residual)) {
        if (ret_balances == NULL)
            return err_raise(e, ERR_BALANCE_OPEN, "residual_ml", "R33", "%s was filled with %s mL; %s given and %s left do not balance",
                             k->container_id, f->volume_ml, k->volume_given_ml, k->residual_ml);
        *ret_balances = false;
    }
    mpq_mul(cells.q, cells.q, given.q);
    mpq_div(cells.q, cells.q, filled.q);
    mpq_add(sum->q, sum->q, cells.q);
    return 0;
}

/* ${ret_balances} NULL: what does not balance is refused */
static int compute(struct arena *a, const struct dose_filled *filled, size_t n, struct administer *in, bool *ret_balances, struct err *e)
{
    CLEANUP(number_done) struct number sum, weight;
    number_init(&sum);
    number_init(&weight);
    int code = 0;
    for (size_t i = 0; code == 0 && i < in->containers.count; i++) {
        const struct dose_container *k = LIST_AT(in->containers, const struct dose_container, i);
        const struct dose_filled *f = find(filled, n, k->container_id);
        if (f == NULL)
            return err_raise(e, ERR_NOT_FOUND, "container_id", "R04", "%s is no container of this batch", k->container_id);
        if (stands_before(in, i))
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "7.3", "%s stands twice", k->container_id);
        code = add_part(f, k, &sum, ret_balances, e);
    }
    if (code == 0 && (!number_from_decimal(&weight, in->weight_kg) || mpq_sgn(weight.q) <= 0))
        code = err_raise(e, ERR_FIELD_RANGE, "weight_kg", "T20", "a dose by weight needs the weight");
    if (code != 0)
        return code;
    in->dose_cells = number_to_decimal(a, &sum, 0);
    mpq_div(sum.q, sum.q, weight.q);
    in->dose_cells_per_kg = number_to_decimal(a, &sum, 0);
    return 0;
}

int dose_fill(struct arena *a, const struct dose_filled *filled, size_t n, struct administer *in, struct err *e)
{
    return compute(a, filled, n, in, NULL, e);
}

int dose_compute(struct arena *a, const struct dose_filled *filled, size_t n, struct administer *in, bool *ret_balances, struct err *e)
{
    *ret_balances = true;
    return compute(a, filled, n, in, ret_balances, e);
}
