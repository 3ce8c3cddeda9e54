#include "dossier/reach.h"

#include <string.h>

#include "domain/excursion.h"
#include "domain/standing.h"
#include "dossier/recompute.h"

struct stay {
    const char *container, *unit;
    int64_t since_ms, left_ms;
};

struct reaching {
    struct arena *a;
    const struct dossier *d;
    const struct dossier_stream *s;
    struct standing standing;
    struct stay *stay;
    size_t stay_count;
    struct reached *row;
    size_t row_count;
};

static int read_record(const struct reaching *r, const struct dossier_stream *s, const struct dossier_entry *entry, void **ret, struct err *e)
{
    struct recompute_case c = {r->a, r->d, s, entry, NULL};
    *ret = record_new(r->a, verb_find(entry->statement.type)->in);
    return recompute_read(&c, entry, *ret, e);
}

static void leave(struct reaching *r, const char *container, int64_t ms)
{
    for (size_t i = 0; i < r->stay_count; i++)
        if (r->stay[i].left_ms == TIME_ABSENT && strcmp(r->stay[i].container, container) == 0)
            r->stay[i].left_ms = ms;
}

static void take_entry(struct reaching *r, const struct dossier_entry *entry, const void *record)
{
    const char *type = entry->statement.type;
    standing_take(&r->standing, entry->entry.seq, type, record);
    if (strcmp(type, "custody.container_store") == 0) {
        const struct container_store *store = record;
        leave(r, store->container_id, entry->entry.time_ms);
        r->stay[r->stay_count++] = (struct stay){store->container_id, store->equipment_id, entry->entry.time_ms, TIME_ABSENT};
    }
    for (size_t i = 0; i < r->standing.container_count; i++) {
        if (!r->standing.container[i].placed)
            leave(r, r->standing.container[i].id, entry->entry.time_ms);
    }
}

static int find_stays(struct reaching *r, struct err *e)
{
    int rc = 0;
    void *record;
    standing_begin(r->a, NULL, r->s->count, &r->standing);
    r->stay = ARENA_ARRAY(r->a, struct stay, r->s->count + 1);
    for (size_t i = 0; rc == 0 && i < r->s->count; i++) {
        const char *type = r->s->entry[i].statement.type;
        if (verb_find(type) == NULL || (strncmp(type, "custody.", 8) != 0 && strcmp(type, "batch.fill") != 0))
            continue;
        rc = read_record(r, r->s, &r->s->entry[i], &record, e);
        if (rc == 0)
            take_entry(r, &r->s->entry[i], record);
    }
    return rc;
}

static bool is_known(const struct reaching *r, const char *container, const char *cause)
{
    for (size_t i = 0; i < r->row_count; i++)
        if (strcmp(r->row[i].container, container) == 0 && strcmp(r->row[i].cause, cause) == 0)
            return true;
    return false;
}

static void add_row(struct reaching *r, struct reached row)
{
    if (is_known(r, row.container, row.cause))
        return;
    struct reached *all = ARENA_ARRAY(r->a, struct reached, r->row_count + 1);
    for (size_t i = 0; i < r->row_count; i++)
        all[i] = r->row[i];
    all[r->row_count++] = row;
    r->row = all;
}

static void add(struct reaching *r, const struct stay *stay, const struct dossier_entry *entry, const struct unit_readings *series)
{
    if (stay->since_ms >= series->outside_until || (stay->left_ms != TIME_ABSENT && stay->left_ms <= series->outside_from))
        return;
    add_row(r, (struct reached){stay->container, stay->unit, excursion_cause(r->a, stay->unit, entry->entry.seq), entry->entry.seq,
                                entry->entry.time_ms, -1, series});
}

static int find_excursions(struct reaching *r, struct err *e)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < r->stay_count; k++) {
        const struct dossier_stream *unit = dossier_stream(r->d, r->stay[k].unit);
        for (size_t i = 0; rc == 0 && unit != NULL && i < unit->count; i++) {
            void *series;
            if (strcmp(unit->entry[i].statement.type, "custody.unit_readings") != 0)
                continue;
            rc = read_record(r, unit, &unit->entry[i], &series, e);
            if (rc == 0 && ((struct unit_readings *)series)->excursion == 1)
                add(r, &r->stay[k], &unit->entry[i], series);
        }
    }
    return rc;
}

static bool names(const struct list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(TEXTS_AT(*texts, i), text) == 0)
            return true;
    return false;
}

static int find_decisions(struct reaching *r, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->s->count; i++) {
        void *record;
        if (strcmp(r->s->entry[i].statement.type, "custody.container_decide") != 0)
            continue;
        rc = read_record(r, r->s, &r->s->entry[i], &record, e);
        const struct container_decide *decided = record;
        for (size_t k = 0; rc == 0 && k < r->row_count; k++)
            if (r->row[k].decided_seq < 0 && names(&decided->containers, r->row[k].container) && names(&decided->held_by, r->row[k].cause))
                r->row[k].decided_seq = r->s->entry[i].entry.seq;
    }
    return rc;
}

/* what reached a parent, and QA had not decided on before it was pooled, reaches the pool */
static int find_pools(struct reaching *r, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->s->count; i++) {
        void *record;
        if (strcmp(r->s->entry[i].statement.type, "custody.pool") != 0)
            continue;
        rc = read_record(r, r->s, &r->s->entry[i], &record, e);
        const struct container_pool *pool = record;
        for (size_t k = 0, n = r->row_count; rc == 0 && k < n; k++) {
            struct reached row = r->row[k];
            bool is_open = row.decided_seq < 0 && names(&pool->parents, row.container);
            row.container = pool->container_id;
            if (is_open)
                add_row(r, row);
        }
    }
    return rc;
}

int reach_find(struct arena *a, const struct dossier *d, const struct dossier_stream *s, struct reached **ret, size_t *ret_count,
               struct err *e)
{
    struct reaching r = {.a = a, .d = d, .s = s};
    int rc = find_stays(&r, e);
    rc = rc != 0 ? rc : find_excursions(&r, e);
    rc = rc != 0 ? rc : find_decisions(&r, e);
    rc = rc != 0 ? rc : find_pools(&r, e);
    rc = rc != 0 ? rc : find_decisions(&r, e);         /* now of the pools, too */
    *ret = r.row;
    *ret_count = r.row_count;
    return rc;
}
