/*
 * Conditional release over real sockets: sterility is pending when a fresh product goes, and its result comes when the product
 * is gone. Days of incubation lie in the past: a sample says when it was taken, and the specification expects its result on day 20.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static struct short_batch b;

/* the test reported, its sample taken so many days ago */
static int report(const char *code, const char *result, int days)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b.batch;
    in.code = code;
    in.result = result;
    in.method = strcmp(code, "gram") == 0 ? "stain" : "growth";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - days * DAY - MINUTE;
    in.tested_at = clock_ms() - 1000;
    return short_act("U-YUKI", "quality.test_report", &in);
}

static int review_test(int64_t seq)
{
    struct test_review in = {.batch_id = b.batch, .test_seq = seq};
    return short_act("U-OMAR", "quality.test_review", &in);
}

static int64_t report_and_review(const char *code, const char *result, int days)
{
    assert_done(report(code, result, days));
    int64_t seq = short_seq();
    assert_done(review_test(seq));
    return seq;
}

/* a batch ready for release but for its sterility, whose sample was taken so many days ago */
static void ready(int days)
{
    short_with_sterility();
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    report_and_review("gram", "negative", 0);
    report_and_review("sterility", "pending", days);
    assert_done(short_review(&b));
}

static int release(const char *physician, int64_t informed_at, const char *follow_up_by)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.batch_id = b.batch;
    in.physician_id = physician;
    in.informed_at = informed_at;
    in.follow_up_by = follow_up_by;
    return short_act("U-PETER", "release.release", &in);
}

static void released(void)
{
    ready(14);
    assert_done(release("U-INES", clock_ms() - MINUTE, "U-OMAR"));
}

static const char *batch_state(void)
{
    static struct batch_show shown;
    struct batch_key key = {b.batch};
    assert_done(short_ask("batch.show", &key, &shown));
    return shown.state;
}

static int certify(const char *person)
{
    struct batch_certify in;
    record_init(&record_batch_certify, &in);
    in.batch_id = b.batch;
    return short_act(person, "release.certify", &in);
}

/* how many lines of the worklist are of this batch; the last of them */
static size_t waiting(const struct pending_row **ret)
{
    static struct pending_rows rows;
    struct nothing none;
    size_t n = 0;
    record_init(&record_nothing, &none);
    assert_done(short_ask("release.pending", &none, &rows));
    for (size_t i = 0; i < rows.pending.count; i++) {
        const struct pending_row *row = LIST_AT(rows.pending, struct pending_row, i);
        if (strcmp(row->batch_id, b.batch) != 0)
            continue;
        n++;
        *ret = row;
    }
    return n;
}

static const struct quality_results *results(void)
{
    static struct quality_results out;
    struct batch_key key = {b.batch};
    assert_done(short_ask("quality.results", &key, &out));
    return &out;
}

/* the batch's dossier, exported, says the same when a verifier makes it again (rule 11) */
static void assert_dossier_holds(void)
{
    const char *path = arena_printf(house_arena(), "%s/%s.asice", house_dir(), b.batch), *text;
    const char *trust = arena_printf(house_arena(), "%s/trust", house_dir());
    struct dossier_request in;
    struct dossier_file out;
    record_init(&record_dossier_request, &in);
    in.batch_id = b.batch;
    desk_timeout(house_login("U-RUTH")->desk, 120000);
    assert_done(short_ask("audit.dossier", &in, &out));
    FILE *f = fopen(path, "w");
    assert_true(f != NULL && fwrite(out.file.data, 1, out.file.len, f) == out.file.len && fclose(f) == 0);
    if (house_run(&text, "stemma-verify", path, "--trust", trust, NULL) != 0)
        fail_msg("%s", text);
    remove(path);
}

static int receive(const char *transfer)
{
    struct receive in;
    record_init(&record_receive, &in);
    in.batch_id = b.batch;
    in.transfer_id = transfer;
    in.condition = "good";
    in.seal_number = "S-1";
    texts_add(house_arena(), &in.containers, b.container);
    return short_act("U-TOM", "custody.receive", &in);
}

/* the transfer by which the batch left */
static const char *hand_over(void)
{
    static struct custody_rows chain;
    struct batch_key key = {b.batch};
    assert_done(short_hand_over(&b));
    assert_done(short_ask("custody.chain", &key, &chain));
    return LIST_AT(chain.events, struct custody_row, chain.events.count - 1)->transfer_id;
}

static int done(int64_t test_seq, const char *task)
{
    struct task_done in;
    record_init(&record_task_done, &in);
    in.batch_id = b.batch;
    in.test_seq = test_seq;
    in.task = task;
    in.done_at = clock_ms() - 1000;
    in.text = "Told by telephone and by letter of today";
    return short_act("U-OMAR", "quality.task_done", &in);
}

static int investigate(int64_t seq, int8_t cause)
{
    struct oos_investigate in = {.batch_id = b.batch, .test_seq = seq, .assignable_cause = cause,
                                 .findings = "The bottle was opened in the anteroom, as the camera shows"};
    return short_act("U-OMAR", "quality.oos_investigate", &in);
}

static int close_case(int64_t seq, const char *conclusion)
{
    struct oos_close in = {.batch_id = b.batch, .test_seq = seq, .conclusion = conclusion, .stays_held = BOOLEAN_ABSENT,
                           .reason = "The findings of the investigation say so"};
    return short_act("U-ELENA", "quality.oos_close", &in);
}

CASE(R29_gate_03_a_conditional_release_says_who_was_informed_and_who_follows_up)
{
    const struct pending_row *row;
    struct batch_key key;
    struct gate_result gate;
    ready(14);
    key.batch_id = b.batch;
    assert_done(short_ask("release.gate", &key, &gate));
    assert_true(gate.may_release == 1 && gate.conditional == 1);
    assert_non_null(strstr(LIST_AT(gate.points, struct gate_point, 2)->text, "Sterility is pending, expected"));
    assert_refused(release(NULL, TIME_ABSENT, NULL), ERR_FIELD_MISSING, "R29");
    assert_refused(release("U-INES", clock_ms() - MINUTE, NULL), ERR_FIELD_MISSING, "R29");
    assert_refused(release("U-OMAR", clock_ms() - MINUTE, "U-OMAR"), ERR_FIELD_RANGE, "R29");
    assert_refused(release("U-INES", clock_ms() + DAY, "U-OMAR"), ERR_TIME_REFUSED, "R29");
    assert_refused(release("U-INES", clock_ms() - MINUTE, "U-NOBODY"), ERR_NOT_FOUND, "R29");
    assert_done(release("U-INES", clock_ms() - MINUTE, "U-OMAR"));
    assert_string_equal(batch_state(), "cond_released");
    assert_int_equal(waiting(&row), 1);
    assert_string_equal(row->code, "sterility");
    assert_string_equal(row->owner_id, "U-OMAR");
    assert_string_equal(row->state, "waiting");
    assert_true(row->expected_at > clock_ms() + 5 * DAY && row->overdue_at > row->expected_at);
    assert_dossier_holds();
}

CASE(R29_gate_03_a_result_that_comes_while_the_cells_last_is_waited_for)
{
    ready(20);
    assert_refused(release("U-INES", clock_ms() - MINUTE, "U-OMAR"), ERR_GATE_CLOSED, "gate 3");
    assert_non_null(strstr(short_error()->text, "it is waited for"));
    assert_string_equal(batch_state(), "in_test");
}

CASE(T21_R29_no_growth_on_day_14_is_certified_after_the_hand_over)
{
    const struct pending_row *row;
    struct sterility_read read;
    released();
    const char *transfer = hand_over();
    assert_string_equal(batch_state(), "cond_handed_over");
    record_init(&record_sterility_read, &read);
    read.batch_id = b.batch;
    read.code = "sterility";
    read.sampled_at = clock_ms() - 7 * DAY - MINUTE;
    read.read_at = clock_ms() - 1000;
    read.result = "growth";
    assert_refused(short_act("U-YUKI", "quality.sterility_read", &read), ERR_RESULT_REFUSED, "T21");
    read.result = "no growth";
    assert_done(short_act("U-YUKI", "quality.sterility_read", &read));
    assert_int_equal(LIST_AT(results()->readings, struct reading_row, 0)->day, 7);
    assert_refused(report("sterility", "no growth", 7), ERR_RESULT_REFUSED, "T21");
    assert_refused(certify("U-PETER"), ERR_GATE_CLOSED, "R29");
    assert_done(receive(transfer));
    assert_string_equal(batch_state(), "cond_received");
    assert_done(report("sterility", "no growth", 14));
    int64_t final = short_seq();
    assert_refused(certify("U-PETER"), ERR_GATE_CLOSED, "R29");              /* nobody reviewed it */
    assert_int_equal(waiting(&row), 1);
    assert_done(review_test(final));
    assert_int_equal(waiting(&row), 0);
    assert_refused(certify("U-ELENA"), ERR_DUTIES_SEGREGATED, "R11");        /* she reviewed the record */
    assert_done(certify("U-PETER"));
    assert_string_equal(house_sql("select count(*) from ledger.entry where type in ('release.release', 'release.certify')"
                                  " and convert_from(statement, 'UTF8') !~ '\"duties\":[2-9]'"), "0");
    assert_string_equal(batch_state(), "received");
    assert_int_equal(certify("U-PETER"), ERR_STATE_FORBIDS);
    assert_dossier_holds();
}

CASE(R29_T29_growth_after_the_release_opens_case_deviation_and_tasks_at_once)
{
    const struct pending_row *row;
    struct batch_key key;
    struct shared_uses shared;
    released();
    key.batch_id = b.batch;
    const char *transfer = hand_over();
    assert_done(report("sterility", "growth", 3));
    int64_t failure = short_seq();
    assert_string_equal(batch_state(), "failed_handed_over");
    const struct quality_results *now = results();
    assert_int_equal(now->tasks.count, 5);
    assert_string_equal(LIST_AT(now->tasks, struct task_row, 0)->owner_id, "U-OMAR");
    assert_int_equal(LIST_AT(now->deviations, struct deviation_row, 0)->deviation_seq, failure);
    assert_string_equal(LIST_AT(now->deviations, struct deviation_row, 0)->deviation_class, "critical");
    assert_int_equal(waiting(&row), 6);                                      /* no reviewed result answers the test yet */
    assert_done(review_test(failure));
    assert_int_equal(waiting(&row), 5);
    assert_done(receive(transfer));                                         /* what is on its way arrives */
    assert_string_equal(batch_state(), "failed_received");
    assert_int_equal(certify("U-PETER"), ERR_STATE_FORBIDS);
    assert_done(short_ask("quality.look_back", &key, &shared));
    assert_int_equal(shared.uses.count, 0);
    struct short_batch first = b;
    short_collect(&b);                                                      /* another batch of the same donor */
    assert_done(short_open(&b, "allogeneic"));
    const char *other = b.batch;
    b = first;
    assert_done(short_ask("quality.look_back", &key, &shared));
    assert_int_equal(shared.uses.count, 1);
    assert_string_equal(LIST_AT(shared.uses, struct shared_use, 0)->batch_id, other);
    assert_string_equal(LIST_AT(shared.uses, struct shared_use, 0)->kind, "donor");
    assert_done(done(failure, "look_back"));
    assert_refused(done(failure, "look_back"), ERR_EXISTS, "R29");
    assert_refused(done(failure + 1, "physician"), ERR_NOT_FOUND, "R29");
    assert_done(investigate(failure, 0));
    assert_done(close_case(failure, "confirmed"));
    struct batch_reject reject = {.batch_id = b.batch, .reason = "Growth, confirmed by the investigation"};
    assert_done(short_act("U-PETER", "release.reject", &reject));
    assert_string_equal(batch_state(), "rejected");
    assert_done(done(failure, "physician"));                                /* T30: a rejection ends none of it */
    assert_int_equal(waiting(&row), 3);
    assert_dossier_holds();
}

static int administer(int64_t started_at, const char *reason)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = b.batch;
    in.recipient_code = b.recipient;
    in.donation_number = b.donation_number;
    in.weight_kg = "70.0";
    in.route = "intravenous";
    in.site = "left forearm";
    in.imaging = "none";
    in.started_at = started_at;
    in.ended_at = started_at + 1;
    in.adverse_event = 0;
    in.reason = reason;
    struct dose_container *k = record_list_add(house_arena(), &record_dose_container, &in.containers);
    *k = (struct dose_container){b.container, "6.3", "0.7"};
    return short_act("U-INES", "custody.administer", &in);
}

/* the truth is recorded, flagged: it was given, and only then the growth was found */
CASE(R15_R29_what_was_given_before_a_failure_was_known_is_recorded_and_the_case_names_who_received)
{
    released();
    assert_done(receive(hand_over()));
    int64_t given = clock_ms();
    assert_done(report("sterility", "growth", 3));
    int64_t failure = short_seq();
    assert_string_equal(batch_state(), "failed_received");
    assert_int_equal(administer(clock_ms(), "the ward had no terminal at hand"), ERR_STATE_FORBIDS);    /* after it was known */
    assert_refused(administer(given, NULL), ERR_REASON_MISSING, "R15");
    assert_done(administer(given, "the ward had no terminal at hand"));
    assert_string_equal(batch_state(), "failed_received");
    const struct quality_results *now = results();
    assert_int_equal(now->given.count, 1);
    const struct given_row *row = LIST_AT(now->given, struct given_row, 0);
    assert_string_equal(row->recipient_code, b.recipient);
    assert_string_equal(TEXTS_AT(row->containers, 0), b.container);
    assert_int_equal(row->known_later, 1);
    assert_int_equal(row->entry, failure + 1);
    assert_dossier_holds();
    released();                                                              /* and one of which the donor's consent is gone since */
    assert_done(receive(hand_over()));
    given = clock_ms();
    struct consent_withdraw withdrawn = {.donor_id = b.donor, .withdrawn_at = clock_ms() - 1000};
    texts_add(house_arena(), &withdrawn.scopes, "treatment");
    assert_done(short_act("U-MARA", "source.consent_withdraw", &withdrawn));
    assert_int_equal(administer(clock_ms(), "the ward had no terminal at hand"), ERR_CONSENT_MISSING);
    assert_done(administer(given, "the ward had no terminal at hand"));
    assert_dossier_holds();
    assert_int_equal(house_replay()->holds, 1);
}

CASE(R27_R29_a_sterility_test_is_repeated_once_and_only_with_an_assignable_cause)
{
    static const char *const tasks[] = {"physician", "sponsor", "authority", "isolate", "look_back"};
    released();
    assert_done(report("sterility", "growth", 14));
    int64_t failure = short_seq();
    assert_string_equal(batch_state(), "failed_post_release");
    assert_int_equal(short_hand_over(&b), ERR_STATE_FORBIDS);               /* what remains is set apart */
    assert_int_equal(report("sterility", "no growth", 14), ERR_EXISTS);
    assert_done(investigate(failure, 1));
    assert_done(close_case(failure, "invalidated"));
    assert_string_equal(batch_state(), "cond_released");
    assert_done(report("sterility", "growth", 14));                         /* the repeat */
    int64_t repeat = short_seq();
    assert_done(investigate(repeat, 1));
    assert_refused(close_case(repeat, "invalidated"), ERR_RESULT_REFUSED, "R27");
    assert_done(close_case(repeat, "confirmed"));
    assert_string_equal(batch_state(), "failed_post_release");
    released();                                                             /* another, whose repeat is negative */
    assert_done(report("sterility", "growth", 14));
    failure = short_seq();
    assert_done(investigate(failure, 1));
    assert_done(close_case(failure, "invalidated"));
    report_and_review("sterility", "no growth", 14);
    assert_refused(certify("U-PETER"), ERR_GATE_CLOSED, "gate 4");          /* the deviation that the failure opened */
    struct deviation_close close = {.batch_id = b.batch, .deviation_seq = failure, .reason = "The repeat shows no growth; bench rule changed"};
    assert_done(short_act("U-ELENA", "quality.deviation_close", &close));
    assert_refused(certify("U-PETER"), ERR_GATE_CLOSED, "R29");
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        assert_done(done(failure, tasks[i]));
    assert_done(certify("U-PETER"));
    assert_string_equal(batch_state(), "released");
    assert_dossier_holds();
}

CASE(R12_R29_a_result_that_came_after_the_release_is_corrected_where_the_cells_are)
{
    struct test_correct in;
    released();
    hand_over();
    assert_done(report("sterility", "no growth", 14));
    int64_t seq = short_seq();
    assert_done(review_test(seq));
    record_init(&record_test_correct, &in);
    in.batch_id = b.batch;
    in.test_seq = seq;
    in.old_value = "no growth";
    in.new_value = "negative";
    in.reason = "the word of the method is negative";
    assert_done(short_act("U-YUKI", "quality.test_correct", &in));
    assert_string_equal(batch_state(), "cond_handed_over");                  /* the release did not rest on it */
    assert_refused(certify("U-PETER"), ERR_GATE_CLOSED, "R29");              /* unsigned until reviewed */
    assert_done(review_test(seq));
    in.old_value = "negative";
    in.new_value = "growth";
    in.reason = "the wrong bottle was read, this one shows growth";
    assert_done(short_act("U-YUKI", "quality.test_correct", &in));
    assert_string_equal(batch_state(), "failed_handed_over");
    assert_int_equal(results()->tasks.count, 5);
    assert_int_equal(results()->deviations.count, 1);
    assert_done(done(seq, "physician"));
    assert_dossier_holds();
    released();                                                             /* and of one that the release rested on: not any more */
    in.batch_id = b.batch;
    in.test_seq = LIST_AT(results()->tests, struct test_row, 0)->test_seq;
    in.old_value = "negative";
    in.new_value = "positive";
    hand_over();
    assert_int_equal(short_act("U-YUKI", "quality.test_correct", &in), ERR_STATE_FORBIDS);
}
