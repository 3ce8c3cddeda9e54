/* Consent over real sockets: given in tiers, withdrawn one by one, and the hold that comes down to whatever descends. */
#include <string.h>

#include "base/clock.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define assert_held(call)                                                                                               \
    do {                                                                                                                \
        assert_int_equal((call), ERR_CONSENT_MISSING);                                                                  \
        assert_string_equal(short_error()->rule, "7.3");                                                                \
    } while (0)

static int withdraw(const struct short_batch *b, const char *scope)
{
    struct consent_withdraw in = {.donor_id = b->donor, .withdrawn_at = clock_ms() - 1000};
    texts_add(house_arena(), &in.scopes, scope);
    return short_act("U-MARA", "source.consent_withdraw", &in);
}

static void eligible(struct short_batch *b, const char *scopes)
{
    short_donor(b, "allogeneic");
    assert_done(short_consent(b, scopes));
    assert_done(short_screen(b));
    assert_done(short_tests(b, NULL, NULL));
    assert_done(short_determine(b));
    short_collect(b);
}

CASE(S1_1_consent_in_tiers_is_shown_with_what_was_withdrawn)
{
    struct short_batch b;
    struct donor_key key;
    struct consent_rows rows;
    short_donor(&b, "allogeneic");
    key.donor_id = b.donor;
    assert_int_equal(withdraw(&b, "treatment"), ERR_CONSENT_MISSING);
    assert_done(short_consent(&b, "treatment,research,storage"));
    assert_done(withdraw(&b, "research"));
    assert_int_equal(withdraw(&b, "research"), ERR_CONSENT_MISSING);
    assert_done(short_ask("source.consents", &key, &rows));
    assert_int_equal(rows.in_force.count, 2);
    assert_int_equal(rows.events.count, 2);
    assert_string_equal(LIST_AT(rows.events, struct consent_row, 0)->event, "withdrawn");
    assert_int_equal(rows.held, 0);                                   /* the cells are not for research */
    assert_done(withdraw(&b, "treatment"));
    assert_done(short_ask("source.consents", &key, &rows));
    assert_int_equal(rows.held, 1);
    assert_done(short_consent(&b, "treatment"));                      /* the donor's own word lifts it again */
    assert_done(short_ask("source.consents", &key, &rows));
    assert_int_equal(rows.held, 0);
}

CASE(S7_3_a_withdrawal_stops_bench_labels_release_and_hand_over)
{
    struct short_batch b;
    eligible(&b, "treatment,storage");
    assert_done(short_open(&b, "allogeneic"));
    assert_done(withdraw(&b, "treatment"));
    assert_held(short_step(&b));
    assert_done(short_consent(&b, "treatment,storage"));
    assert_done(short_step(&b));
    assert_done(withdraw(&b, "treatment"));
    assert_held(short_fill(&b));
    assert_done(short_consent(&b, "treatment,storage"));
    assert_done(short_fill(&b));
    assert_done(short_complete(&b));
    assert_done(withdraw(&b, "treatment"));
    assert_held(short_label(&b, 1));
    assert_done(short_store(&b));                                     /* kept, not used */
    short_test(&b);
    assert_done(short_review(&b));
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);
    assert_string_equal(short_error()->rule, "gate 4");
    assert_done(short_consent(&b, "treatment,storage"));
    assert_done(short_label(&b, 1));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_done(withdraw(&b, "treatment"));
    assert_held(short_hand_over(&b));
    struct label_request request = {b.batch, b.container, "pdf"};
    struct label_file label;
    struct err e = {0};
    assert_int_equal(desk_call(house_login("U-JON")->desk, house_arena(), "custody.label", &request, &label, &e), ERR_CONSENT_MISSING);
}

CASE(S7_3_reach_lists_all_that_descends_from_a_donor)
{
    struct short_batch b;
    struct reach_rows rows;
    eligible(&b, "treatment,storage");
    assert_done(short_open(&b, "allogeneic"));
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    assert_done(short_store(&b));
    assert_done(withdraw(&b, "treatment"));
    struct donor_key key = {b.donor};
    assert_done(short_ask("source.reach", &key, &rows));
    assert_int_equal(rows.held, 1);
    assert_int_equal(rows.rows.count, 3);
    assert_string_equal(LIST_AT(rows.rows, struct reach_row, 2)->id, b.batch);
    assert_string_equal(LIST_AT(rows.rows, struct reach_row, 1)->id, b.collection);
    assert_string_equal(LIST_AT(rows.rows, struct reach_row, 0)->id, b.container);
    assert_memory_equal(LIST_AT(rows.rows, struct reach_row, 0)->place, "E-TANK1 A-", 10);
    struct batch_key batch = {b.batch};
    struct batch_show shown;
    assert_done(short_ask("batch.show", &batch, &shown));
    assert_int_equal(shown.held, 1);
    key.donor_id = "D-NOBODY";
    assert_int_equal(short_ask("source.reach", &key, &rows), ERR_NOT_FOUND);
}

CASE(S1_1_without_consent_to_storage_nothing_is_put_into_a_tank)
{
    struct short_batch b;
    eligible(&b, "treatment");
    assert_done(short_open(&b, "allogeneic"));
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    assert_int_equal(short_store(&b), ERR_CONSENT_MISSING);
    assert_done(short_consent(&b, "treatment,storage"));
    assert_done(short_store(&b));
}
