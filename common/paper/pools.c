/* What pools made of the containers that were filled, as it stands. */
#include <string.h>

#include "domain/pool.h"
#include "paper/chapters.h"
#include "paper/table.h"

struct container_pool pools_now(struct matter *f, const struct container_pool *pool)
{
    struct fill_correct correct;
    struct container_pool ret = *pool;
    for (size_t at = 0; matter_next(f, "batch.fill_correct", &at, &correct) != NULL;)
        pool_correct(&correct, &ret);
    return ret;
}

/* what was recorded, struck, before what stands */
static const char *stands(struct matter *f, const char *was, const char *is)
{
    return strcmp(was, is) == 0 ? is : arena_printf(f->a, "%s %s", matter_struck(f, was), is);
}

static const char *parts(struct matter *f, const struct container_pool *pool)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < pool->parts.count; i++) {
        const struct pool_part *k = LIST_AT(pool->parts, const struct pool_part, i);
        buf_printf(&b, "%s%s: %s mL, %s", i > 0 ? "\n" : "", sheet_escape(f->a, k->container_id), k->volume_ml, matter_number(f, k->cells));
    }
    return b.text;
}

void part_pools(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Pool", 30, false}, {"Of, with viable cells", 45, false}, {"Volume, mL", 12, true},
                                            {"Waste, mL", 11, true}, {"Viable cells", 18, true}, {"Expires", 24, false}};
    struct container_pool pool;
    struct table t;
    size_t at = 0;
    if (matter_next(f, "custody.pool", &at, &pool) == NULL)
        return;
    sheet_gap(s, 4);
    table_begin(&t, s, columns, 6);
    for (at = 0; matter_next(f, "custody.pool", &at, &pool) != NULL;) {
        const struct container_pool now = pools_now(f, &pool);
        table_row(&t, (const char *[]){sheet_escape(f->a, pool.container_id), parts(f, &pool), pool.volume_ml, pool.waste_ml,
                                       stands(f, matter_number(f, pool.cells), matter_number(f, now.cells)),
                                       stands(f, matter_time(f, pool.expires_at), matter_time(f, now.expires_at))});
    }
    table_end(&t);
}
