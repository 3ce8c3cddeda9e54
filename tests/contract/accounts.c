/* The list of accounts and their reviews is as long as it is read: whoever is behind its end is said to be there. */
#include "access_settings.h"
#include "access_store.h"
#include "record/record.h"
#include "support/pg.h"
#include "support/test.h"
#include "verbs.h"

#define PEOPLE "insert into access.person (person_id, name, roles, state, is_founder, certificate_sha256, enrolled_ms)"      \
    " select 'U-LIST' || n, 'P' || n, 'qa', 'open', false, sha256(n::text::bytea), 1 from generate_series(1, "

/* the list with ${people} more of them; nothing of it stays */
static struct account_rows *listed(struct arena *a, const char *people)
{
    CLEANUP(pg_done) struct db *db = pg_open("stemma_access", &access_statements);
    struct account_rows *out = record_new(a, &record_account_rows);
    struct call c = {.arena = a, .db = db, .out = out, .now_ms = 1};
    struct err e = {0};
    db_begin(db);
    if (db_sync(db, &e) != 0 || db_script(db, arena_printf(a, PEOPLE "%s) n", people), &e) != 0 ||
        db_query(db, a, store_row(ROW_REVIEWS), DB_VALUES(db_int(c.now_ms), db_int(365)), &c.answers[0], &e) != 0 ||
        access_account_reviews_verb.decide(&c, &e) != 0)
        fail_msg("%s", e.text);
    db_rollback(db);
    return out;
}

CASE(P11_300_b_a_list_of_accounts_that_goes_on_says_so)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new((size_t)64 << 20);
    assert_int_equal(listed(a, "2")->more, BOOLEAN_ABSENT);
    const struct account_rows *all = listed(a, "1001");
    assert_int_equal(all->accounts.count, 1000);
    assert_int_equal(all->more, 1);
}
