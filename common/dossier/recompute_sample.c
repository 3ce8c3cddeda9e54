/* Rule 11 of samples: each is the next one, of a container that had so much left, for tests of the specification at their sample point; it stood
 * where a statement may be; and a result names one that was taken for it. */
#include <string.h>

#include "contract/contract.h"
#include "domain/standing.h"
#include "dossier/recompute_pool.h"
#include "dossier/recompute_sample.h"

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

static bool is_sampling(const struct dossier_entry *entry)
{
    return strncmp(entry->statement.type, "custody.sample_", 15) == 0;
}

int recompute_samples(const struct recompute_case *c, struct samples *ret, struct err *e)
{
    int rc = 0;
    samples_begin(c->a, c->s->count, ret);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        const struct verb_row *verb = is_sampling(entry) ? verb_find(entry->statement.type) : NULL;
        void *record = verb != NULL ? record_new(c->a, verb->in) : NULL;
        if (record == NULL)
            continue;
        rc = recompute_read(c, entry, record, e);
        if (rc == 0)
            samples_take(ret, entry->statement.type, record, entry->statement.actor);
    }
    return rc;
}

/* the samples that were taken of containers before the statement, one a row */
static int read_taken(const struct recompute_case *c, struct sample_take **ret, size_t *ret_count, struct err *e)
{
    int rc = 0;
    *ret = ARENA_ARRAY(c->a, struct sample_take, c->s->count + 1);
    *ret_count = 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        if (strcmp(c->s->entry[i].statement.type, "custody.sample_take") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &(*ret)[*ret_count], e);
        *ret_count += (*ret)[*ret_count].container_id != NULL;
    }
    return rc;
}

int recompute_left(const struct recompute_case *c, struct dose_filled **ret, size_t *ret_count, struct err *e)
{
    struct batch_fill fill;
    const struct dossier_entry *entry;
    int rc = recompute_fill(c, &fill, &entry, e);
    *ret = NULL;
    *ret_count = 0;
    if (rc != 0 || entry == NULL)
        return rc;
    *ret = ARENA_ARRAY(c->a, struct dose_filled, fill.containers.count + c->s->count + 1);
    *ret_count = fill.containers.count;
    for (size_t k = 0; k < fill.containers.count; k++) {
        const struct fill_container *f = LIST_AT(fill.containers, const struct fill_container, k);
        (*ret)[k] = (struct dose_filled){f->container_id, f->volume_ml, f->cells};
    }
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const char *type = c->s->entry[i].statement.type;
        struct sample_take taken;
        struct container_pool pool;
        bool is_taken = strcmp(type, "custody.sample_take") == 0, is_pool = strcmp(type, "custody.pool") == 0;
        rc = is_taken ? recompute_read(c, &c->s->entry[i], &taken, e) : is_pool ? recompute_read(c, &c->s->entry[i], &pool, e) : 0;
        if (rc == 0 && is_taken && taken.container_id != NULL)
            sample_leave(c->a, &taken, *ret, *ret_count);
        else if (rc == 0 && is_pool)
            pool_leave(c->a, &pool, *ret, ret_count);
    }
    return rc;
}

int recompute_fits(const struct recompute_case *c, const struct batch_fill *fill, struct list *ret, struct err *e)
{
    struct sample_take *taken;
    struct list pools = {NULL, 0};
    size_t n;
    int rc = read_taken(c, &taken, &n, e);
    rc = rc != 0 ? rc : recompute_pools(c, &pools, NULL, e);
    if (rc != 0)
        return rc;
    struct dose_filled *rows = ARENA_ARRAY(c->a, struct dose_filled, n + 1);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct dose_filled){taken[i].container_id, taken[i].volume_ml, taken[i].cells};
    rc = sample_fits(fill, rows, n, e);
    return rc != 0 ? rc : pools_stand(c->a, fill, rows, n, &pools, ret, e);
}

int recompute_sampled(const struct recompute_case *c, const struct test_report *in, struct err *e)
{
    struct samples s;
    int rc = recompute_samples(c, &s, e);
    return rc != 0 ? rc : sample_result(&s, in, e);
}

int recompute_batch_stood(const struct recompute_case *c, const struct specification *spec, const char **ret, struct err *e)
{
    struct standing s;
    int rc = 0;
    standing_begin(c->a, spec, c->s->count, &s);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        const char *type = entry->statement.type;
        void *record = standing_matters(type) ? record_new(c->a, verb_find(type)->in) : NULL;
        rc = record == NULL ? 0 : recompute_read(c, entry, record, e);
        if (rc == 0)
            standing_take(&s, entry->entry.seq, type, record);
    }
    *ret = s.state;
    return rc;
}

/* the container that it was taken of stood where that may be, and nothing of a batch that is filled is taken of no container */
static int stood(const struct recompute_case *c, const struct sample_take *in, bool is_filled, struct err *e)
{
    struct standing s;
    if (in->container_id == NULL)
        return is_filled ? refuse(e, "container_id", "the batch was filled by then: a sample is of a container") : 0;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    return rc != 0 ? rc : recompute_stood_may(c, &s, in->container_id, sample_event(in), e);
}

int recompute_sample_take(const struct recompute_case *c, void *in, struct err *e)
{
    struct sample_take *taken = in;
    struct batch_open open;
    struct specification *spec;
    struct samples samples;
    struct dose_filled *left;
    const struct dose_filled *of = NULL;
    const char *state;
    size_t n;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &spec, e);
    rc = rc != 0 ? rc : recompute_samples(c, &samples, e);
    rc = rc != 0 ? rc : recompute_left(c, &left, &n, e);
    for (size_t i = 0; rc == 0 && i < n && taken->container_id != NULL; i++)
        of = strcmp(left[i].container_id, taken->container_id) == 0 ? &left[i] : of;
    if (rc == 0 && taken->container_id != NULL && of == NULL)
        rc = refuse(e, "container_id", "the container that it was taken of was not filled by then");
    rc = rc != 0 ? rc : sample_fill(c->a, spec, samples.count, of, taken, c->entry->statement.at_ms, e);
    rc = rc != 0 ? rc : stood(c, taken, n > 0, e);
    rc = rc != 0 ? rc : recompute_batch_stood(c, spec, &state, e);
    return rc != 0 ? rc : sample_opened(taken, state, e);
}

static int may(const struct recompute_case *c, const struct list *ids, const char *event, struct err *e)
{
    struct samples s;
    int rc = recompute_samples(c, &s, e);
    return rc != 0 ? rc : sample_step(&s, ids, event, c->entry->statement.actor, e);
}

int recompute_sample_send(const struct recompute_case *c, const void *in, struct err *e)
{
    return may(c, &((const struct sample_send *)in)->samples, "custody.sample_send", e);
}

int recompute_sample_receive(const struct recompute_case *c, const void *in, struct err *e)
{
    return may(c, &((const struct sample_receive *)in)->samples, "custody.sample_receive", e);
}

int recompute_sample_end(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct sample_end *ended = in;
    return may(c, &ended->samples, sample_end_event(c->a, ended->outcome), e);
}
