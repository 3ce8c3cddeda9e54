/* What is overdue is said by the service's health, until it is there. */
#include <string.h>

#include "base/clock.h"
#include "release_overdue.h"
#include "release_store.h"
#include "support/pg.h"
#include "support/test.h"

static void script(const char *role, const char *sql)
{
    CLEANUP(pg_done) struct db *db = pg_open(role, NULL);
    struct err e = {0};
    if (db_script(db, sql, &e) != 0)
        fail_msg("%s", e.text);
}

static const char *attention(struct arena *a, struct db *db)
{
    struct err e = {0};
    if (release_overdue_look(db, &e) != 0)
        fail_msg("%s", e.text);
    const char *said = release_overdue_attention(a);
    return said == NULL ? "" : said;
}

CASE(R29_health_says_what_is_overdue_until_it_is_there)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_done) struct db *db = pg_open("stemma_release", &release_statements);
    const char *batch = pg_stream(a, "B"), *before = attention(a, db);
    script("stemma_release", arena_printf(a, "insert into release.disposition (batch_id, disposition, person_id, seq, time_ms,"
        " follow_up_by) values ('%s', 'cond_released', 'U-P', 3, 1, 'U-O'); insert into release.pending_test values"
        " ('%s', 3, 1, 'viability', %lld, 1, 'U-O')", batch, batch, (long long)clock_ms()));
    assert_string_equal(attention(a, db), before);              /* in grace */
    script(PG_ADMIN, arena_printf(a, "update release.pending_test set expected_ms = 1 where batch_id = '%s'", batch));
    assert_non_null(strstr(attention(a, db), "overdue: `stemma release pending`"));
    assert_string_not_equal(attention(a, db), before);
    script("stemma_release", arena_printf(a, "insert into release.disposition (batch_id, disposition, person_id, seq, time_ms)"
        " values ('%s', 'released_final', 'U-P', 9, 2)", batch));
    assert_string_equal(attention(a, db), before);
}
