/*
 * The five procedures that ship, each from the donor to its disposition over real sockets: a value mistyped and corrected, a fill that does
 * not balance refused, aliquots, a deviation opened and closed, a result out of specification investigated to its end, and a dossier that
 * verifies. Fresh and frozen, autologous and of a donor, released, certified, failed after the release, rejected.
 */
#include "base/clock.h"
#include "carry.h"
#include "house_support.h"
#include "record/record.h"

#define MINUTE INT64_C(60000)

/* What goes out of specification: how it is reported first, and how it is again where the case finds its cause in the laboratory. */
struct out {
    const char *code, *wrong, *wrong_profile, *right, *right_profile;
};

struct way {
    const char *scenario;
    struct slip slip;
    struct out out;
    size_t containers;
    const char *aliquot;              /* test that an aliquot of the first container is taken for; NULL: none */
    bool is_frozen;
};

#define INFANT "D5S818:11,12;TH01:6,9.3;D3S1358:15,17;vWA:16,18;FGA:21,24;D8S1179:12,14;D21S11:29,31.2;D18S51:13,16;Amelogenin:X,Y"
#define MOTHER "D5S818:11,13;TH01:6,7;D3S1358:15,16;vWA:16,17;FGA:21,22;D8S1179:12,13;D21S11:29,30;D18S51:13,14;Amelogenin:X,X"

static const struct way ways[] = {
    {"bmac", {2, "n_dead", "18", "viability_percent", "91.3", "96.0"}, {"endotoxin", "0.80", NULL, "<0.05", NULL}, 1, "cfu_f", false},
    {"svf", {3, "enzyme_mg", "101.0", "enzyme_percent", "0.092", "0.100"}, {"viability", "66", NULL, "90", NULL}, 4, NULL, false},
    {"bmmsc", {1, "anticoagulant_ml", "3.3", "heparin_u_ml", "29.7", "30.0"}, {"cd90", "91.2", NULL, "99.1", NULL}, 3, NULL, true},
    {"ucmsc", {4, "n_live", "201", "doublings", "2.33", "2.39"}, {"viability", "89", NULL, NULL, NULL}, 5, NULL, true},
    {"plmsc", {2, "tissue_g", "33.00", "tissue_per_area_mg", "31.4", "28.6"}, {"identity", NULL, MOTHER, NULL, INFANT}, 2, NULL, true},
};

static struct carry c;
static const struct way *way;

static const char *stands(void)
{
    static struct batch_show shown;
    shown = short_shown(&c.b);
    return shown.state;
}

static const struct quality_results *results(void)
{
    static struct quality_results out;
    struct batch_key key = {c.b.batch};
    assert_done(short_ask("quality.results", &key, &out));
    return &out;
}

static const char *point(size_t no)
{
    return short_gate_point(&c.b, no)->state;
}

/* a deviation keeps the gate's point 4 from holding until another person closes it */
static void deviate(void)
{
    struct deviation_open in = {.batch_id = c.b.batch, .deviation_class = "major", .aware_at = clock_ms() - MINUTE,
                                .text = "The door of the clean room stood open for two minutes during the fill"};
    assert_done(short_act("U-MARA", "quality.deviation_open", &in));
    struct deviation_close close = {c.b.batch, short_seq(), "Settle plates of that hour show nothing; the door has a closer now"};
    assert_string_equal(point(4), "open");
    assert_refused(short_act("U-MARA", "quality.deviation_close", &close), ERR_ROLE_MISSING, "R01");
    assert_done(short_act("U-ELENA", "quality.deviation_close", &close));
}

static int close_case(const char *person, int64_t seq, const char *conclusion)
{
    struct oos_close in = {.batch_id = c.b.batch, .test_seq = seq, .conclusion = conclusion, .stays_held = BOOLEAN_ABSENT,
                           .reason = "The findings of the investigation say so"};
    return short_act(person, "quality.oos_close", &in);
}

static void investigate(int64_t seq, bool is_cause)
{
    struct oos_investigate in = {.batch_id = c.b.batch, .test_seq = seq, .assignable_cause = is_cause,
                                 .findings = is_cause ? "The tube of another sample was taken, as the rack list shows"
                                                      : "Method, reagents and calculation checked; no cause in the laboratory"};
    assert_done(short_act("U-OMAR", "quality.oos_investigate", &in));
}

/* R26, R27: the result holds the batch; only an assignable cause makes it void, and then it is made again. Ends with what is reported last */
static int64_t out_of_specification(void)
{
    const struct out *o = &way->out;
    bool is_cause = o->right != NULL || o->right_profile != NULL;
    assert_done(carry_report(&c, o->code, o->wrong, o->wrong_profile, 0));
    int64_t seq = short_seq();
    assert_string_equal(stands(), "on_hold");
    assert_string_equal(point(4), "open");
    assert_int_equal(close_case("U-ELENA", seq, is_cause ? "invalidated" : "confirmed"), ERR_STATE_FORBIDS);
    investigate(seq, is_cause);
    if (!is_cause)
        assert_int_equal(close_case("U-ELENA", seq, "invalidated"), ERR_RESULT_REFUSED);
    assert_done(close_case("U-ELENA", seq, is_cause ? "invalidated" : "confirmed"));
    if (!is_cause)
        return seq;
    assert_string_equal(stands(), "in_test");
    assert_done(carry_report(&c, o->code, o->right, o->right_profile, 0));
    seq = short_seq();
    assert_done(carry_review(&c, seq));
    return seq;
}

static void refer(const char *subject, const char *profile)
{
    struct str_reference in = {.donor_id = c.b.donor, .subject = subject, .specimen_at = clock_ms() - MINUTE, .laboratory = "Test laboratory",
                               .profile = profile};
    assert_done(short_act("U-YUKI", "source.str_reference", &in));
}

/* from the donor to a batch that is completely recorded, labelled and stored, with its deviation closed */
static void recorded(const char *scenario)
{
    for (way = ways; strcmp(way->scenario, scenario) != 0; way++)
        assert_true(way < &ways[sizeof ways / sizeof ways[0] - 1]);
    carry_begin(&c, scenario);
    carry_steps(&c, &way->slip);
    carry_fill(&c);
    assert_int_equal(carry_containers(&c).count, way->containers);
    if (way->aliquot != NULL)
        carry_sample(&c, way->aliquot, "0.3");
    carry_labels(&c, way->is_frozen);
    deviate();
}

static int release(bool is_conditional)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.batch_id = c.b.batch;
    in.physician_id = is_conditional ? "U-INES" : NULL;
    in.informed_at = is_conditional ? clock_ms() - MINUTE : TIME_ABSENT;
    in.follow_up_by = is_conditional ? "U-OMAR" : NULL;
    return short_act("U-PETER", "release.release", &in);
}

static void handed_over(void)
{
    carry_hand_over(&c);
    carry_received(&c);
}

static int reject(void)
{
    struct batch_reject in = {.batch_id = c.b.batch, .reason = "Out of specification, confirmed by the investigation"};
    return short_act("U-PETER", "release.reject", &in);
}

/* what every batch shows of its way: the correction, the deviation, the cases, all that it was split into; and its dossier holds */
static void assert_whole(size_t cases)
{
    struct batch_show shown = short_shown(&c.b);
    struct trace_request all = {"batch", c.b.batch, BOOLEAN_ABSENT, NULL};
    struct trace_rows rows;
    size_t found = 0;
    assert_int_equal(shown.corrections.count, 1);
    assert_int_equal(shown.unsigned_acts.count, 0);
    assert_true(results()->deviations.count >= 1);
    for (size_t i = 0; i < results()->tests.count; i++)
        found += LIST_AT(results()->tests, struct test_row, i)->oos_state != NULL;
    assert_int_equal(found, cases);
    assert_done(short_ask("custody.trace", &all, &rows));
    assert_int_equal(rows.containers, way->containers);
    assert_int_equal(rows.unaccounted, 0);
    assert_true(house_dossier_holds(c.b.batch));
    carry_end(&c);
}

/* fresh, autologous: an aliquot for colonies, released while sterility is pending, and certified when it is in */
CASE(custody_ALIQUOT_R29_BMAC_autologous_fresh_is_certified_when_sterility_is_in)
{
    struct batch_certify certify;
    recorded("bmac");
    assert_done(short_complete(&c.b));
    out_of_specification();
    carry_tests(&c, way->out.code);
    assert_done(short_review(&c.b));
    assert_refused(release(false), ERR_FIELD_MISSING, "R29");
    assert_done(release(true));
    assert_string_equal(stands(), "cond_released");
    handed_over();
    assert_done(carry_report(&c, "sterility", "no growth", NULL, 14));
    assert_done(carry_review(&c, short_seq()));
    record_init(&record_batch_certify, &certify);
    certify.batch_id = c.b.batch;
    assert_done(short_act("U-PETER", "release.certify", &certify));
    assert_string_equal(stands(), "received");
    assert_whole(1);
}

static const struct deviation_row *deviation(const struct quality_results *all, int64_t seq)
{
    for (size_t i = 0; i < all->deviations.count; i++)
        if (LIST_AT(all->deviations, struct deviation_row, i)->deviation_seq == seq)
            return LIST_AT(all->deviations, struct deviation_row, i);
    fail_msg("entry %lld opened no deviation", (long long)seq);
    return NULL;
}

/* fresh, autologous: growth when the cells are with the clinic */
CASE(custody_SPLIT_R29_SVF_autologous_fresh_fails_by_growth_after_its_release)
{
    recorded("svf");
    assert_done(short_complete(&c.b));
    out_of_specification();
    carry_tests(&c, way->out.code);
    assert_done(short_review(&c.b));
    assert_done(release(true));
    handed_over();
    assert_string_equal(stands(), "cond_received");
    assert_done(carry_report(&c, "sterility", "growth", NULL, 3));
    int64_t failure = short_seq();
    assert_string_equal(stands(), "failed_received");
    const struct quality_results *now = results();
    assert_int_equal(now->deviations.count, 2);
    const struct deviation_row *d = deviation(now, failure);
    assert_string_equal(d->deviation_class, "critical");
    assert_string_equal(d->state, "open");
    assert_int_equal(now->tasks.count, 5);
    for (size_t i = 0; i < now->tasks.count; i++)
        assert_int_equal(LIST_AT(now->tasks, struct task_row, i)->done_at, TIME_ABSENT);
    assert_true(house_dossier_holds(c.b.batch));
    investigate(failure, false);
    assert_done(close_case("U-ELENA", failure, "confirmed"));
    assert_done(reject());
    assert_string_equal(stands(), "rejected");
    assert_whole(2);
}

/* frozen, of a donor: everything is in before it goes */
CASE(custody_SPLIT_R27_BMMSC_of_a_donor_frozen_is_released_after_a_result_was_invalidated)
{
    recorded("bmmsc");
    refer("donor", INFANT);
    assert_done(short_complete(&c.b));
    out_of_specification();
    carry_tests(&c, way->out.code);
    assert_done(short_review(&c.b));
    assert_refused(release(false), ERR_GATE_CLOSED, "gate 3");                /* whose cells they are is not shown */
    assert_done(carry_report(&c, "identity", NULL, INFANT, 0));
    assert_done(carry_review(&c, short_seq()));
    assert_done(short_review(&c.b));
    assert_done(release(false));
    assert_string_equal(stands(), "released");
    handed_over();
    assert_whole(1);
}

/* frozen, of a donor: what is confirmed is rejected */
CASE(custody_SPLIT_R26_UCMSC_of_a_donor_frozen_is_rejected_out_of_specification)
{
    recorded("ucmsc");
    assert_done(short_complete(&c.b));
    out_of_specification();
    assert_int_equal(release(false), ERR_GATE_CLOSED);
    assert_done(reject());
    assert_string_equal(stands(), "rejected");
    assert_whole(1);
}

/* what the comparison of the first profile says, or of the last */
static const char *identity(bool is_first)
{
    const char *text = NULL;
    const struct quality_results *all = results();
    for (size_t i = 0; i < all->tests.count; i++)
        if (LIST_AT(all->tests, struct test_row, i)->identity != NULL && !(is_first && text != NULL))
            text = LIST_AT(all->tests, struct test_row, i)->identity;
    assert_non_null(text);
    return text;
}

/* frozen, of a birth: the first profile is the mother's, whose tube was taken; the second is the infant's (T32) */
CASE(custody_SPLIT_T31_T32_PLMSC_of_a_birth_frozen_is_told_from_the_mother)
{
    recorded("plmsc");
    refer("infant", INFANT);
    refer("mother", MOTHER);
    assert_done(short_complete(&c.b));
    out_of_specification();
    assert_non_null(strstr(identity(true), "all agree with the mother: her cells (T32)"));
    assert_non_null(strstr(identity(false), "9 of 9 loci agree"));
    carry_tests(&c, way->out.code);
    assert_done(short_review(&c.b));
    assert_done(release(false));
    assert_string_equal(stands(), "released");
    handed_over();
    assert_whole(1);
}
