#include "domain/pool.h"

#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "domain/fill_record.h"
#include "domain/identifier.h"
#include "domain/late.h"
#include "domain/sample.h"

#define DECIMALS 12
#define PRODUCT_LEN 6                  /* of a product code: what it is and its collection type; the division is a container's own */

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool names(const struct list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (same(TEXTS_AT(*texts, i), text))
            return true;
    return false;
}

static const struct pool_source *source_of(const struct pool_case *c, const char *id)
{
    for (size_t i = 0; i < c->source_count; i++)
        if (same(c->source[i].container_id, id))
            return &c->source[i];
    return NULL;
}

static int parents_check(const struct pool_case *c, const struct container_pool *in, struct err *e)
{
    if (c->procedure->pooling == CLEARANCE_NONE)
        return err_raise(e, ERR_POOL_REFUSED, "batch_id", "7.3", "%s version %d pools no containers", c->procedure->id, c->procedure->version);
    if (in->parents.count < 2)
        return err_raise(e, ERR_FIELD_MISSING, "parents", "7.3", "a pool is of two containers or more");
    for (size_t i = 0; i < in->parents.count; i++) {
        const char *id = TEXTS_AT(in->parents, i);
        const struct pool_source *of = source_of(c, id);
        struct list before = {in->parents.items, i};
        if (of == NULL)
            return err_raise(e, ERR_POOL_REFUSED, "parents", "R32", "%s is no container of this batch: cells of two donors or two batches are not"
                             " pooled", id);
        if (names(&before, id))
            return err_raise(e, ERR_POOL_REFUSED, "parents", "7.3", "%s stands twice", id);
        if (of->is_pool)
            return err_raise(e, ERR_POOL_REFUSED, "parents", "7.3", "%s is a pool: what is pooled is pooled at once", id);
        if (of->expires_ms <= in->pooled_at)
            return err_raise(e, ERR_POOL_REFUSED, "parents", "T19", "%s had expired", id);
    }
    return 0;
}

int64_t pool_since(const struct procedure *doc, const struct batch_step *steps, size_t n, int64_t opened_ms)
{
    int64_t formulated_ms = fill_record_formulated(doc, steps, n);
    return formulated_ms != TIME_ABSENT ? formulated_ms : opened_ms;
}

static int since_check(const struct pool_case *c, const struct container_pool *in, struct err *e)
{
    char since[CLOCK_TEXT];
    if (in->pooled_at >= c->since_ms - POOL_SKEW_MS)
        return 0;
    clock_to_text(c->since_ms, since);
    return err_raise(e, ERR_TIME_REFUSED, "pooled_at", "R15", "what is pooled was there from %s on", since);
}

/* the new container is of its parents' donation and product, in another division (R04, T36) */
static int identity_check(const struct pool_case *c, const struct container_pool *in, struct err *e)
{
    char din[DIN_LEN + 1], code[9], of_din[DIN_LEN + 1], of_code[9];
    int refused = container_parse(in->container_id, din, code, e);
    for (size_t i = 0; refused == 0 && i < in->parents.count; i++) {
        const char *id = TEXTS_AT(in->parents, i);
        refused = container_parse(id, of_din, of_code, e);
        if (refused == 0 && !same(din, of_din))
            refused = err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "R04", "%s is not of donation %s", in->container_id, of_din);
        if (refused == 0 && strncmp(code, of_code, PRODUCT_LEN) != 0)
            refused = err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "T36", "%s is not product %.6s, as %s is", in->container_id, of_code, id);
    }
    if (refused == 0 && source_of(c, in->container_id) != NULL)
        refused = err_raise(e, ERR_EXISTS, "container_id", "T36", "container %s exists", in->container_id);
    return refused;
}

static int quantity_check(const char *field, const char *text, bool may_be_nothing, struct err *e)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    if (number_from_decimal(&n, text) && mpq_sgn(n.q) >= (may_be_nothing ? 0 : 1))
        return 0;
    return err_raise(e, ERR_FIELD_RANGE, field, "R22", "%s mL is no volume of it", text);
}

static void add(struct number *sum, const char *part)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    if (part != NULL && number_from_decimal(&n, part))
        mpq_add(sum->q, sum->q, n.q);
}

/* What the new container holds of ${cells}: by the share that its volume is of all that went in or came out, whichever is more, so that
 * neither waste nor what is missing within the tolerance makes a cell. */
static const char *cells_of(struct arena *a, const struct container_pool *in, const struct number *volume_in, const struct number *cells)
{
    CLEANUP(number_done) struct number volume, out, share;
    number_init(&volume);
    number_init(&out);
    number_init(&share);
    add(&volume, in->volume_ml);
    add(&out, in->volume_ml);
    add(&out, in->waste_ml);
    if (number_compare(&out, volume_in) < 0)
        mpq_set(out.q, volume_in->q);
    if (number_compare(&volume, &out) == 0)
        return number_to_shortest(a, cells, DECIMALS);
    mpq_div(share.q, volume.q, out.q);
    mpq_mul(share.q, share.q, cells->q);
    return number_to_decimal(a, &share, 0);
}

/* volume in = volume out + waste, as a fill balances (R33) */
static int balance_check(struct arena *a, const struct container_pool *in, const char *volume_in, struct err *e)
{
    struct batch_fill as_fill = {.volume_in_ml = volume_in, .samples_ml = "0", .waste_ml = in->waste_ml};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &as_fill.containers) =
        (struct fill_container){in->container_id, in->volume_ml, "0"};
    return fill_record_balance(a, &as_fill, in->tolerance_percent, in->tolerance_ml, e);
}

static int parts_fill(struct arena *a, const struct pool_case *c, struct container_pool *in, struct err *e)
{
    CLEANUP(number_done) struct number volume, cells, part;
    number_init(&volume);
    number_init(&cells);
    number_init(&part);
    for (size_t i = 0; i < in->parents.count; i++) {
        const struct pool_source *of = source_of(c, TEXTS_AT(in->parents, i));
        struct pool_part *row = record_list_add(a, &record_pool_part, &in->parts);
        row->container_id = of->container_id;
        number_from_decimal(&part, of->volume_ml);
        row->volume_ml = number_to_shortest(a, &part, DECIMALS);
        number_from_decimal(&part, of->cells);
        row->cells = number_to_shortest(a, &part, DECIMALS);
        add(&volume, of->volume_ml);
        add(&cells, of->cells);
        in->expires_at = i == 0 || of->expires_ms < in->expires_at ? of->expires_ms : in->expires_at;
    }
    in->volume_in_ml = number_to_shortest(a, &volume, DECIMALS);
    in->cells = cells_of(a, in, &volume, &cells);
    return balance_check(a, in, in->volume_in_ml, e);
}

int pool_fill(struct arena *a, const struct pool_case *c, struct container_pool *in, int64_t said_ms, struct err *e)
{
    int code = parents_check(c, in, e);
    code = code != 0 ? code : since_check(c, in, e);
    code = code != 0 ? code : identity_check(c, in, e);
    code = code != 0 ? code : quantity_check("volume_ml", in->volume_ml, false, e);
    code = code != 0 ? code : quantity_check("waste_ml", in->waste_ml, true, e);
    code = code != 0 ? code : parts_fill(a, c, in, e);
    if (code != 0)
        return code;
    in->late_min = late_entry(c->procedure->late_entry_min, in->pooled_at, said_ms);
    in->verify = c->procedure->pooling == CLEARANCE_VERIFIED || in->late_min != INTEGER_ABSENT ? 1 : BOOLEAN_ABSENT;
    texts_add(a, &in->donors, c->donor_id);
    return 0;
}

void pool_leave(struct arena *a, const struct container_pool *in, struct dose_filled *left, size_t *n)
{
    CLEANUP(number_done) struct number volume, cells;
    number_init(&volume);
    number_init(&cells);
    for (size_t i = 0; i < *n; i++) {
        if (!names(&in->parents, left[i].container_id))
            continue;
        add(&volume, left[i].volume_ml);
        add(&cells, left[i].cells);
        left[i].volume_ml = left[i].cells = "0";
    }
    left[(*n)++] = (struct dose_filled){in->container_id, in->volume_ml, cells_of(a, in, &volume, &cells)};
}

/* what is left in ${of} once samples took theirs */
static void take(struct arena *a, const struct dose_filled *taken, size_t taken_count, struct dose_filled *of)
{
    for (size_t i = 0; i < taken_count; i++) {
        struct sample_take all = {.container_id = taken[i].container_id, .volume_ml = taken[i].volume_ml, .cells = taken[i].cells};
        sample_leave(a, &all, of, 1);
    }
}

/* what is left of the containers as pools are made of them, one by one, and what samples took */
struct course {
    struct arena *a;
    struct dose_filled *left;
    size_t count;
    const struct dose_filled *taken;
    size_t taken_count;
};

static int stands(struct course *c, const struct container_pool *pool, struct list *ret, struct err *e)
{
    CLEANUP(number_done) struct number volume;
    number_init(&volume);
    for (size_t i = 0; i < c->count; i++)
        if (names(&pool->parents, c->left[i].container_id))
            add(&volume, c->left[i].volume_ml);
    if (balance_check(c->a, pool, number_to_shortest(c->a, &volume, DECIMALS), e) != 0)
        return err_raise(e, ERR_BALANCE_OPEN, "new_value", "R33", "then %s does not balance any more: %s", pool->container_id,
                         arena_text(c->a, e->text));
    pool_leave(c->a, pool, c->left, &c->count);
    struct dose_filled *made = &c->left[c->count - 1];
    *(struct fill_container *)record_list_add(c->a, &record_fill_container, ret) =
        (struct fill_container){made->container_id, made->volume_ml, made->cells};
    take(c->a, c->taken, c->taken_count, made);
    return made->cells[0] != '-' ? 0 : err_raise(e, ERR_BALANCE_OPEN, "new_value", "R33", "more of %s was taken as samples than that",
                                                  made->container_id);
}

void pool_correct(const struct fill_correct *by, struct container_pool *pool)
{
    int64_t expires_ms;
    if (same(by->field, "expires_at") && clock_from_text(by->new_value, strlen(by->new_value), &expires_ms))
        pool->expires_at = expires_ms;
    for (size_t i = 0; i < by->pooled.count; i++)
        if (same(LIST_AT(by->pooled, const struct fill_container, i)->container_id, pool->container_id))
            pool->cells = LIST_AT(by->pooled, const struct fill_container, i)->cells;
}

int pools_stand(struct arena *a, const struct batch_fill *fill, const struct dose_filled *taken, size_t taken_count, const struct list *pools,
                struct list *ret, struct err *e)
{
    struct course c = {a, ARENA_ARRAY(a, struct dose_filled, fill->containers.count + pools->count + 1), fill->containers.count, taken, taken_count};
    int code = 0;
    for (size_t i = 0; i < c.count; i++) {
        const struct fill_container *k = LIST_AT(fill->containers, const struct fill_container, i);
        c.left[i] = (struct dose_filled){k->container_id, k->volume_ml, k->cells};
        take(a, taken, taken_count, &c.left[i]);
    }
    for (size_t i = 0; code == 0 && i < pools->count; i++)
        code = stands(&c, LIST_AT(*pools, const struct container_pool, i), ret, e);
    return code;
}
