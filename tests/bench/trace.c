/*
 * What a trace, a recall and the questions beside them cost when there are 10,000, 100,000 and 1,000,000 containers: the services' own
 * statements, prepared on connections of their own roles, against a migrated database whose rows trace.sql put there (not acts: so
 * many would take days). What one donor, lot or machine reached is the same at every size; M-MANY reached one batch in a hundred. Fails
 * where a donor, a lot, a machine or a tank takes a second, or grows with the tables.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support/pg.h"
#include "support/test.h"

extern const struct statement_table custody_statements, source_statements, quality_statements;

#define PROBES 15
#define SIZES 3
#define LIMIT_US 1000000
#define RATIO_MOST 3
#define SLACK_US 5000

static const int64_t sizes[SIZES] = {10000, 100000, 1000000};

enum { CUSTODY, SOURCE, QUALITY, SERVICES };
static struct db *dbs[SERVICES];

/* ${id}: what the probe's number stands behind; ${every}: the batches between two probes' things, the last batch's one included */
static const struct probe {
    const char *title, *rows[2], *kind, *id, *after;
    int service, every;
    bool back, demanded;
} probes[] = {
    {"trace of a donor", {"custody_trace_counts", "custody_trace"}, "donor", "D-", "", CUSTODY, 4, false, true},
    {"trace of a lot", {"custody_trace_counts", "custody_trace"}, "lot", "M-", "", CUSTODY, 25, false, true},
    {"trace of a machine", {"custody_trace_counts", "custody_trace"}, "equipment", "E-", "", CUSTODY, 200, false, true},
    {"trace of a tank", {"custody_trace_counts", "custody_trace"}, "equipment", "E-TANK", "", CUSTODY, 100, false, true},
    {"trace of a person", {"custody_trace_counts", "custody_trace"}, "person", "U-", "", CUSTODY, 500, false, false},
    {"trace of a container, back", {"custody_trace_counts", "custody_trace"}, "container", "K-", "-3", CUSTODY, 1, true, false},
    {"recall of a batch", {"custody_recall", "custody_whereabouts"}, NULL, "B-", "", CUSTODY, 1, false, false},
    {"reach of a donor", {"source_reach", NULL}, NULL, "D-", "", SOURCE, 4, false, true},
    {"look back from a batch", {"quality_look_back", NULL}, NULL, "B-", "", QUALITY, 1, false, false},
    {"trace of a lot in every 100th batch", {"custody_trace_counts", "custody_trace"}, "lot", "M-MANY", NULL, CUSTODY, 0, false, false},
};
#define KINDS (sizeof probes / sizeof probes[0])

static const struct statement_row *row_of(int service, const char *name)
{
    const struct statement_table *tables[] = {&custody_statements, &source_statements, &quality_statements};
    for (size_t i = 0; i < tables[service]->count; i++)
        if (strcmp(tables[service]->rows[i].name, name) == 0)
            return &tables[service]->rows[i];
    fail_msg("no statement %s", name);
    return NULL;
}

static void ask(const struct probe *p, const char *name, const char *id, struct arena *a, struct db_rows *ret)
{
    struct err e = {0};
    const struct statement_row *row = row_of(p->service, name);
    const char *const ends[] = {"destroyed", "lost", "administered", "nonclinical"};
    struct db_value traced[] = {db_text(p->kind), db_text(id), db_bool(p->back), db_null()};
    struct db_value batch[] = {db_text(id), db_texts(ends, 4)};
    if (db_query(dbs[p->service], a, row, p->kind != NULL ? traced : batch, (size_t)row->params, ret, &e) != 0)
        fail_msg("%s: %s", name, e.text);
}

static int by_time(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

struct cost {
    int64_t median_us, worst_us, found;
};

/* probes spread over all that there is, the newest too; the first is not counted: it reads the catalogue */
static struct cost measure(const struct probe *p, int64_t batches)
{
    int64_t us[PROBES];
    struct cost c = {0};
    for (int i = -1; i < PROBES; i++) {
        struct arena *a = arena_new((size_t)64 << 20);
        int64_t of = p->every == 0 ? 0 : (batches / p->every - 1) * (i + 1) / PROBES;
        char id[40];
        snprintf(id, sizeof id, "%s", p->id);
        if (p->after != NULL)
            snprintf(id, sizeof id, "%s%" PRId64 "%s", p->id, of > 0 ? of : 1, p->after);
        struct db_rows rows = {0};
        int64_t from = clock_monotonic_us();
        for (int k = 0; k < 2 && p->rows[k] != NULL; k++) {
            ask(p, p->rows[k], id, a, &rows);
            if (k == 0)
                c.found = p->kind != NULL ? db_cell_int(&rows, 0, "found") : rows.rows;
        }
        if (i >= 0)
            us[i] = clock_monotonic_us() - from;
        assert_true(c.found > 1);
        arena_free(a);
    }
    qsort(us, PROBES, sizeof us[0], by_time);
    c.median_us = us[PROBES / 2];
    c.worst_us = us[PROBES - 1];
    return c;
}

static void put(struct buf *b, const char *sql, int64_t from, int64_t to)
{
    while (*sql != '\0')
        if (strncmp(sql, "$from", 5) == 0) {
            buf_printf(b, "%" PRId64, from);
            sql += 5;
        } else if (strncmp(sql, "$to", 3) == 0) {
            buf_printf(b, "%" PRId64, to);
            sql += 3;
        } else {
            buf_char(b, *sql++);
        }
}

static void seed(const char *sql, int64_t from, int64_t to)
{
    struct err e = {0};
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_done) struct db *admin = pg_open(PG_ADMIN, NULL);
    struct buf b = buf_new(a);
    put(&b, sql, from, to);
    if (db_script(admin, b.text, &e) != 0)
        fail_msg("%s", e.text);
}

static void connect_all(void)
{
    dbs[CUSTODY] = pg_open("stemma_custody", &custody_statements);
    dbs[SOURCE] = pg_open("stemma_source", &source_statements);
    dbs[QUALITY] = pg_open("stemma_quality", &quality_statements);
}

static bool report(const struct probe *p, const struct cost cost[SIZES])
{
    const struct cost *few = &cost[0], *many = &cost[SIZES - 1];
    bool bad = p->demanded && (many->worst_us > LIMIT_US || many->median_us > RATIO_MOST * few->median_us + SLACK_US);
    printf("%-38s", p->title);
    for (int i = 0; i < SIZES; i++)
        printf("%9.1f", (double)cost[i].median_us / 1000);
    printf("%9.1f%9.2f%8" PRId64 "%s\n", (double)many->worst_us / 1000, (double)many->median_us / (double)few->median_us, many->found,
           bad ? "  too much" : "");
    return bad;
}

CASE(S4_6_a_trace_costs_what_it_finds_and_not_what_there_is)
{
    static struct cost cost[KINDS][SIZES];
    size_t len = 0;
    char *sql = test_read(TRACE_SQL, &len);
    bool bad = false;
    assert_non_null(sql);
    for (int i = 0; i < SIZES; i++) {
        int64_t from = clock_monotonic_us();
        seed(sql, i == 0 ? 0 : sizes[i - 1] / 10, sizes[i] / 10);
        printf("%" PRId64 " containers: put there in %" PRId64 " s\n", sizes[i], (clock_monotonic_us() - from) / 1000000);
        fflush(stdout);
        connect_all();
        for (size_t k = 0; k < KINDS; k++)
            cost[k][i] = measure(&probes[k], sizes[i] / 10);
        for (int k = 0; k < SERVICES; k++)
            dbs[k] = db_close(dbs[k]);
    }
    free(sql);
    printf("%-38s%9s%9s%9s%9s%9s%8s\n", "ms, median; at the last size also worst", "10,000", "100,000", "1 million", "worst", "ratio", "found");
    for (size_t k = 0; k < KINDS; k++)
        bad |= report(&probes[k], cost[k]);
    assert_false(bad);
}
