/* How containers end, over real sockets: destroyed before a witness, lost, returned, administered; and their reconciliation. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static void filled(struct short_batch *b, const char *use)
{
    short_filled(b, use);
    assert_done(short_store(b));
}

static void released(struct short_batch *b, const char *use)
{
    filled(b, use);
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
    short_test(b);
    assert_done(short_review(b));
    assert_done(short_release(b));
}

static struct hand_over handing_over(const struct short_batch *b)
{
    struct hand_over give;
    record_init(&record_hand_over, &give);
    give.batch_id = b->batch;
    give.transfer_id = short_fresh("TR");
    give.receiver_id = "U-TOM";
    give.destination = "Clinic";
    give.seal_number = "S-9";
    give.condition = "good";
    give.temperature_c = "4.0";
    texts_add(house_arena(), &give.containers, b->container);
    return give;
}

static void received(struct short_batch *b, const char *use)
{
    struct receive take;
    released(b, use);
    struct hand_over give = handing_over(b);
    record_init(&record_receive, &take);
    take.batch_id = b->batch;
    take.transfer_id = give.transfer_id;
    take.seal_number = give.seal_number;
    take.condition = "good";
    take.containers = give.containers;
    assert_done(short_act("U-JON", "custody.hand_over", &give));
    assert_done(short_act("U-TOM", "custody.receive", &take));
}

static int destroy(const struct short_batch *b, const char *who, const char *witness)
{
    struct container_destroy in = {.batch_id = b->batch, .method = "autoclaved", .reason = "the bag was torn at the port",
                                   .witness_id = witness, .destroyed_at = clock_ms() - 1000};
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.container_destroy", &in);
}

static int witness(const struct short_batch *b, const char *who, int64_t seq)
{
    struct destroy_witness in = {.batch_id = b->batch, .destroy_seq = seq};
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.destroy_witness", &in);
}

static int lose(const struct short_batch *b, const char *who)
{
    struct container_loss in = {.batch_id = b->batch, .text = "not in its position, nor in any other of the tank",
                                .deviation_class = "critical", .aware_at = clock_ms() - 1000};
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.container_loss", &in);
}

static const char *give_back(const struct short_batch *b, int *ret_code)
{
    struct return_give in;
    record_init(&record_return_give, &in);
    in.batch_id = b->batch;
    in.transfer_id = short_fresh("RT");
    in.receiver_id = "U-JON";
    in.reason = "the infusion was put off by the clinic";
    in.condition = "good";
    in.seal_number = "S-10";
    in.temperature_c = "5.1";
    texts_add(house_arena(), &in.containers, b->container);
    *ret_code = short_act("U-INES", "custody.return_give", &in);
    return in.transfer_id;
}

static int take_back(const struct short_batch *b, const char *who, const char *transfer, const char *seal)
{
    struct return_receive in;
    record_init(&record_return_receive, &in);
    in.batch_id = b->batch;
    in.transfer_id = transfer;
    in.seal_number = seal;
    in.condition = "good";
    in.temperature_c = "6.0";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.return_receive", &in);
}

static int decide(const struct short_batch *b, const char *who, const char *decision)
{
    struct container_decide in = {.renews = INTEGER_ABSENT, .batch_id = b->batch, .decision = decision,
                                  .reason = "its cold chain at the clinic is not known"};
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.container_decide", &in);
}

static struct administer dose(const struct short_batch *b)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = b->batch;
    in.recipient_code = b->recipient;
    in.donation_number = b->donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = clock_ms() - 100;
    in.ended_at = clock_ms() - 10;
    in.adverse_event = 0;
    struct dose_container *k = record_list_add(house_arena(), &record_dose_container, &in.containers);
    k->container_id = b->container;
    k->volume_given_ml = "6.3";
    k->residual_ml = "0.7";
    return in;
}

/* the one container of the batch, as the reconciliation tells it */
static struct whereabouts_row stands(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    assert_int_equal(all.filled, 1);
    assert_int_equal(all.ended + all.placed + all.unaccounted, 1);
    return *LIST_AT(all.containers, struct whereabouts_row, 0);
}

CASE(custody_DESTROY_two_persons_end_a_container_and_nothing_follows)
{
    struct short_batch b;
    filled(&b, "allogeneic");
    assert_refused(destroy(&b, "U-JON", "U-JON"), ERR_DUTIES_SEGREGATED, "R10");
    assert_refused(destroy(&b, "U-JON", "U-TOM"), ERR_CUSTODY_REFUSED, "R10");          /* a courier witnesses nothing here */
    assert_refused(destroy(&b, "U-INES", "U-JON"), ERR_CUSTODY_REFUSED, "container-13");  /* the lab has it, not the clinic */
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    int64_t seq = short_seq();
    assert_string_equal(stands(&b).state, "destroying");
    assert_int_equal(short_label(&b, 1), ERR_STATE_FORBIDS);
    assert_refused(witness(&b, "U-ELENA", seq), ERR_DUTIES_SEGREGATED, "R10");
    assert_refused(witness(&b, "U-MARA", seq - 1), ERR_NOT_FOUND, "7.3");
    assert_done(witness(&b, "U-MARA", seq));
    assert_string_equal(stands(&b).state, "destroyed");
    assert_int_equal(stands(&b).ended, 1);
    assert_refused(witness(&b, "U-MARA", seq), ERR_EXISTS, "7.3");
    assert_int_equal(short_store(&b), ERR_STATE_FORBIDS);
    assert_int_equal(lose(&b, "U-JON"), ERR_STATE_FORBIDS);
    assert_int_equal(destroy(&b, "U-JON", "U-MARA"), ERR_STATE_FORBIDS);
}

static int take_destruction_back(const struct short_batch *b, const char *who, int64_t seq)
{
    struct destroy_cancel in;
    record_init(&record_destroy_cancel, &in);
    in.batch_id = b->batch;
    in.destroy_seq = seq;
    in.reason = "the autoclave was found empty, the bag in its place";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act(who, "custody.destroy_cancel", &in);
}

/* a witness who never signs leaves nothing open for ever */
CASE(custody_DESTROY_taken_back_the_container_stands_as_before)
{
    struct short_batch b;
    filled(&b, "allogeneic");
    const char *place = stands(&b).place;
    assert_non_null(place);
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    int64_t first = short_seq();
    assert_string_equal(stands(&b).place, place);
    assert_refused(take_destruction_back(&b, "U-MARA", first), ERR_CUSTODY_REFUSED, "container-71");   /* nor its witness */
    assert_refused(take_destruction_back(&b, "U-JON", first - 1), ERR_NOT_FOUND, "7.3");
    assert_done(take_destruction_back(&b, "U-JON", first));
    assert_string_equal(stands(&b).state, "kept");
    assert_int_equal(stands(&b).accounted, 1);
    assert_string_equal(stands(&b).place, place);                         /* where it lay before, and all the time */
    assert_refused(witness(&b, "U-MARA", first), ERR_EXISTS, "7.3");
    assert_refused(take_destruction_back(&b, "U-ELENA", first), ERR_EXISTS, "7.3");
    struct batch_key key = {b.batch};
    struct custody_rows chain;
    assert_done(short_ask("custody.chain", &key, &chain));
    const struct custody_row *begun = LIST_AT(chain.events, struct custody_row, chain.events.count - 2), *back = begun + 1;
    assert_string_equal(begun->event, "destruction begun");
    assert_string_equal(back->event, "destruction taken back");
    assert_non_null(strstr(back->place, "kept again"));
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    int64_t second = short_seq();
    assert_refused(witness(&b, "U-MARA", first), ERR_EXISTS, "7.3");       /* another one, of the same container */
    assert_done(take_destruction_back(&b, "U-ELENA", second));             /* QA */
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    int64_t third = short_seq();
    assert_done(witness(&b, "U-MARA", third));
    assert_refused(take_destruction_back(&b, "U-ELENA", third), ERR_EXISTS, "7.3");
    assert_string_equal(stands(&b).state, "destroyed");
    assert_true(house_dossier_holds(b.batch));
}

/* released beside a destruction that nobody witnessed, and taken back then, it would go out without a label */
CASE(gate_06_a_container_whose_destruction_may_be_taken_back_needs_its_label)
{
    struct short_batch b;
    filled(&b, "allogeneic");
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    int64_t seq = short_seq();
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 6");
    assert_done(take_destruction_back(&b, "U-JON", seq));
    assert_done(short_store(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
}

CASE(custody_LOSS_is_the_holders_to_report)
{
    struct short_batch b;
    received(&b, "allogeneic");
    assert_refused(lose(&b, "U-JON"), ERR_CUSTODY_REFUSED, "container-33");                /* the lab has it no more */
    assert_done(lose(&b, "U-TOM"));
    assert_true(house_dossier_holds(b.batch));
    released(&b, "allogeneic");
    assert_refused(lose(&b, "U-TOM"), ERR_CUSTODY_REFUSED, "container-14");
    assert_done(short_hand_over(&b));
    assert_refused(lose(&b, "U-TOM"), ERR_CUSTODY_REFUSED, "container-21");                /* not his before he has signed */
    assert_done(lose(&b, "U-JON"));
    struct receive take;
    record_init(&record_receive, &take);
    take.batch_id = b.batch;
    take.transfer_id = short_transfer();
    take.seal_number = "S-1";
    take.condition = "good";
    texts_add(house_arena(), &take.containers, b.container);
    assert_refused(short_act("U-TOM", "custody.receive", &take), ERR_CUSTODY_REFUSED, "R34");    /* all of it is lost */
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_LOSS_opens_a_deviation_that_closes_the_gate)
{
    struct short_batch b;
    filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(lose(&b, "U-JON"));
    int64_t seq = short_seq();
    assert_string_equal(stands(&b).state, "lost");
    struct batch_key key = {b.batch};
    struct quality_results results;
    assert_done(short_ask("quality.results", &key, &results));
    assert_int_equal(results.deviations.count, 1);
    assert_int_equal(LIST_AT(results.deviations, struct deviation_row, 0)->deviation_seq, seq);
    assert_string_equal(LIST_AT(results.deviations, struct deviation_row, 0)->state, "open");
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 4");
    struct deviation_close close = {b.batch, seq, "the tank was searched twice, cameras were looked through"};
    assert_done(short_act("U-ELENA", "quality.deviation_close", &close));
    assert_int_equal(lose(&b, "U-JON"), ERR_STATE_FORBIDS);                               /* one end, once */
}

CASE(custody_RETURN_waits_in_quarantine_until_QA_decides)
{
    struct short_batch b;
    int code;
    received(&b, "allogeneic");
    assert_string_equal(stands(&b).state, "received");
    const char *transfer = give_back(&b, &code);
    assert_done(code);
    assert_refused(take_back(&b, "U-MARA", transfer, "S-10"), ERR_CUSTODY_REFUSED, "R34");   /* it is for U-JON */
    assert_refused(take_back(&b, "U-JON", transfer, "S-11"), ERR_CUSTODY_REFUSED, "R34");    /* another seal */
    assert_int_equal(decide(&b, "U-PETER", "nonclinical"), ERR_STATE_FORBIDS);                /* not here yet */
    assert_done(take_back(&b, "U-JON", transfer, "S-10"));
    assert_string_equal(stands(&b).state, "returned");
    struct administer in = dose(&b);
    assert_int_equal(short_act("U-INES", "custody.administer", &in), ERR_STATE_FORBIDS);
    assert_done(short_store(&b));                                                             /* quarantine has a place */
    assert_int_equal(destroy(&b, "U-JON", "U-MARA"), ERR_STATE_FORBIDS);                      /* QA has not decided */
    assert_int_equal(decide(&b, "U-JON", "destroy"), ERR_ROLE_MISSING);
    assert_done(decide(&b, "U-PETER", "destroy"));
    assert_string_equal(stands(&b).state, "condemned");
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    assert_done(witness(&b, "U-MARA", short_seq()));
    assert_string_equal(stands(&b).state, "destroyed");
}

CASE(custody_RETURN_for_nonclinical_use_is_an_end)
{
    struct short_batch b;
    int code;
    received(&b, "allogeneic");
    const char *transfer = give_back(&b, &code);
    assert_done(code);
    assert_done(take_back(&b, "U-JON", transfer, "S-10"));
    assert_done(decide(&b, "U-PETER", "nonclinical"));
    assert_string_equal(stands(&b).state, "nonclinical");
    assert_int_equal(decide(&b, "U-PETER", "destroy"), ERR_STATE_FORBIDS);
}

CASE(custody_ADMINISTER_computes_the_dose_and_closes_the_chain)
{
    struct short_batch b;
    received(&b, "allogeneic");
    struct administer in = dose(&b);
    LIST_AT(in.containers, struct dose_container, 0)->residual_ml = "1.3";
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_BALANCE_OPEN, "R33");
    in = dose(&b);
    in.adverse_event = 1;
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_FIELD_MISSING, "1.7");
    in = dose(&b);
    in.ended_at = clock_ms() - 40 * 60000;
    in.started_at = in.ended_at - 1000;
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_REASON_MISSING, "R15");
    in.reason = "the ward had no terminal at hand";
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_TIME_REFUSED, "R15");  /* it was not received then */
    in = dose(&b);
    assert_int_equal(short_act("U-JON", "custody.administer", &in), ERR_ROLE_MISSING);
    assert_done(short_act("U-INES", "custody.administer", &in));
    assert_string_equal(stands(&b).state, "administered");
    assert_int_equal(stands(&b).ended, 1);
    assert_int_equal(short_act("U-INES", "custody.administer", &in), ERR_STATE_FORBIDS);
    assert_int_equal(lose(&b, "U-INES"), ERR_STATE_FORBIDS);
    assert_int_equal(destroy(&b, "U-INES", "U-JON"), ERR_STATE_FORBIDS);
    struct batch_key key = {b.batch};
    struct custody_rows chain;
    assert_done(short_ask("custody.chain", &key, &chain));
    assert_string_equal(LIST_AT(chain.events, struct custody_row, chain.events.count - 1)->event, "administered");
}

CASE(R04_another_recipient_or_donation_is_not_administered)
{
    struct short_batch b;
    received(&b, "allogeneic");
    struct administer in = dose(&b);
    in.recipient_code = "R-SOMEBODY-ELSE";
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_CUSTODY_REFUSED, "R04");
    in = dose(&b);
    in.donation_number = "A999926000000";
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_IDENTIFIER_REFUSED, "R04");
    in = dose(&b);
    LIST_AT(in.containers, struct dose_container, 0)->container_id = "A999926000000-D0001V00";
    assert_refused(short_act("U-INES", "custody.administer", &in), ERR_NOT_FOUND, "R04");
    assert_string_equal(stands(&b).state, "received");
}

CASE(R34_what_is_not_received_is_not_administered)
{
    struct short_batch b;
    released(&b, "allogeneic");
    struct administer in = dose(&b);
    assert_int_equal(short_act("U-INES", "custody.administer", &in), ERR_STATE_FORBIDS);
    assert_string_equal(stands(&b).state, "kept");
    assert_int_equal(stands(&b).accounted, 1);
}

CASE(R33_a_container_without_a_place_is_named_as_unaccounted)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    struct whereabouts_row row = stands(&b);
    assert_string_equal(row.container_id, b.container);
    assert_int_equal(row.accounted, 0);
    assert_null(row.place);
    struct batch_key nobody = {"B-NOBODY"};
    struct whereabouts all;
    assert_int_equal(short_ask("custody.reconcile", &nobody, &all), ERR_NOT_FOUND);
}

/* a verifier without the database computes the dose again, and the tables are what the statements make of them */
CASE(R39_batches_whose_containers_ended_verify_and_are_replayed)
{
    struct short_batch b;
    received(&b, "allogeneic");
    struct administer in = dose(&b);
    assert_done(short_act("U-INES", "custody.administer", &in));
    assert_true(house_dossier_holds(b.batch));
    filled(&b, "allogeneic");
    assert_done(destroy(&b, "U-JON", "U-MARA"));
    assert_done(witness(&b, "U-MARA", short_seq()));
    assert_true(house_dossier_holds(b.batch));
    const struct audit_report *report = house_replay();
    assert_int_equal(report->holds, 1);
}
