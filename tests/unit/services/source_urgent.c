#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/urgent.h"
#include "record/record.h"
#include "source_rules.h"

#define DAY INT64_C(86400000)
#define NOW (2000 * DAY)

static struct err e;

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&e, 0, sizeof e);                                                                                        \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(e.field, (expected_field));                                                                 \
        assert_string_equal(e.rule, (expected_rule));                                                                   \
    } while (0)

static struct urgent_need need(void)
{
    struct urgent_need in;
    record_init(&record_urgent_need, &in);
    in.donor_id = "D-1";
    in.recipient_code = "R-1";
    in.no_comparable = "No matched unit in any registry that was asked";
    in.serious_risk = "Death within weeks is to be expected";
    in.physician_id = "U-DOC";
    in.finish_by = in.inform_by = "U-QA";
    in.finish_due_at = NOW + DAY;
    in.inform_due_at = NOW + 2 * DAY;
    return in;
}

static struct urgent_need_facts known(void)
{
    return (struct urgent_need_facts){.determination = "incomplete", .physician = {"open", "physician"},
                                      .finisher = {"open", "qa"}, .informer = {"open", "qa"}};
}

static int judged(const struct urgent_need *in, const struct urgent_need_facts *f)
{
    return source_urgent_check(in, f, "allogeneic", "U-QA", NOW, &e);
}

CASE(R31_a_need_with_all_its_evidence_is_taken)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    assert_int_equal(judged(&in, &f), 0);
    f.determination = "ineligible";
    assert_int_equal(judged(&in, &f), 0);
}

CASE(R31_a_need_of_nothing_is_refused)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    f.determination = NULL;
    assert_refused(judged(&in, &f), ERR_STATE_FORBIDS, "donor_id", "R31");
    f.determination = "eligible";
    assert_refused(judged(&in, &f), ERR_STATE_FORBIDS, "donor_id", "R31");
    f = known();
    assert_refused(source_urgent_check(&in, &f, "autologous", "U-QA", NOW, &e), ERR_STATE_FORBIDS, "donor_id", "R31");
    assert_refused(source_urgent_check(&in, &f, "research", "U-QA", NOW, &e), ERR_STATE_FORBIDS, "donor_id", "R31");
}

CASE(R04_a_need_is_of_the_recipient_whom_the_donor_is_registered_for)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    f.donor_recipient = "R-2";
    assert_refused(judged(&in, &f), ERR_DONOR_REFUSED, "recipient_code", "R04");
    f.donor_recipient = "R-1";
    assert_int_equal(judged(&in, &f), 0);
}

CASE(R31_both_grounds_are_given_in_words)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    in.no_comparable = "none";
    assert_refused(judged(&in, &f), ERR_REASON_MISSING, "no_comparable", "R13");
    in = need();
    in.serious_risk = "xxxxxxxxxxxx";
    assert_refused(judged(&in, &f), ERR_REASON_MISSING, "serious_risk", "R13");
}

CASE(R31_the_physician_is_one_and_is_not_the_author)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    f.physician.state = NULL;
    assert_refused(judged(&in, &f), ERR_NOT_FOUND, "physician_id", "R31");
    f.physician = (struct person_facts){"closed", "physician"};
    assert_refused(judged(&in, &f), ERR_FIELD_RANGE, "physician_id", "R31");
    f.physician = (struct person_facts){"open", "qa,qc"};
    assert_refused(judged(&in, &f), ERR_FIELD_RANGE, "physician_id", "R31");
    f.physician = (struct person_facts){"open", "qa,physician"};
    in.physician_id = "U-QA";
    assert_refused(judged(&in, &f), ERR_DUTIES_SEGREGATED, "physician_id", "R31");
}

CASE(R31_both_tasks_have_an_owner_who_is_here_and_a_day_to_come)
{
    struct urgent_need in = need();
    struct urgent_need_facts f = known();
    f.finisher.state = NULL;
    assert_refused(judged(&in, &f), ERR_NOT_FOUND, "finish_by", "R31");
    f = known();
    f.informer.state = "closed";
    assert_refused(judged(&in, &f), ERR_FIELD_RANGE, "inform_by", "R31");
    f = known();
    in.finish_due_at = NOW;
    assert_refused(judged(&in, &f), ERR_FIELD_RANGE, "finish_due_at", "R31");
    in = need();
    in.inform_due_at = in.finish_due_at - 1;
    assert_refused(judged(&in, &f), ERR_FIELD_RANGE, "inform_due_at", "R31");
}

/* the physician's notice */

static struct notice_facts noticing(void)
{
    return (struct notice_facts){"allogeneic", "incomplete", "U-DOC", -1, -1, 5, false};
}

static int noticed(const char *stage, int64_t need_seq, const struct notice_facts *f, const char *person)
{
    struct physician_notice in;
    record_init(&record_physician_notice, &in);
    in.donor_id = "D-1";
    in.stage = stage;
    in.need_seq = need_seq;
    return source_notice_check(&in, f, person, &e);
}

CASE(R31_the_needs_own_physician_acknowledges)
{
    struct notice_facts f = noticing();
    assert_int_equal(noticed("before_use", 6, &f, "U-DOC"), 0);
    assert_refused(noticed("before_use", 6, &f, "U-OTHER"), ERR_DUTIES_SEGREGATED, "need_seq", "R31");
    f.physician_id = NULL;
    assert_refused(noticed("before_use", 6, &f, "U-DOC"), ERR_NOT_FOUND, "need_seq", "R31");
}

CASE(R31_a_notice_is_given_again_only_when_more_is_known)
{
    struct notice_facts f = noticing();
    f.noticed_seq = 7;
    assert_refused(noticed("before_use", 6, &f, "U-DOC"), ERR_EXISTS, "stage", "R31");
    f.evidence_seq = 8;
    assert_int_equal(noticed("before_use", 6, &f, "U-DOC"), 0);
}

CASE(R31_the_second_notice_follows_the_finished_determination)
{
    struct notice_facts f = noticing();
    f.is_finished = true;
    assert_refused(noticed("after_determination", 6, &f, "U-DOC"), ERR_ORDER_FORBIDS, "stage", "R31");
    f.noticed_seq = 7;
    assert_int_equal(noticed("after_determination", 6, &f, "U-DOC"), 0);
    f.is_finished = false;
    assert_refused(noticed("after_determination", 6, &f, "U-DOC"), ERR_ORDER_FORBIDS, "stage", "R31");
    f.is_finished = true;
    f.informed_seq = 9;
    assert_refused(noticed("after_determination", 6, &f, "U-DOC"), ERR_EXISTS, "stage", "R31");
}

CASE(R31_only_a_relatives_ineligible_donor_needs_no_need)
{
    struct notice_facts f = {"related", "ineligible", NULL, -1, -1, 5, false};
    assert_int_equal(noticed("before_use", INTEGER_ABSENT, &f, "U-ANY"), 0);
    assert_refused(noticed("after_determination", INTEGER_ABSENT, &f, "U-ANY"), ERR_FIELD_MISSING, "need_seq", "R31");
    f.determination = "incomplete";
    assert_refused(noticed("before_use", INTEGER_ABSENT, &f, "U-ANY"), ERR_FIELD_MISSING, "need_seq", "R31");
    f = (struct notice_facts){"allogeneic", "ineligible", NULL, -1, -1, 5, false};
    assert_refused(noticed("before_use", INTEGER_ABSENT, &f, "U-ANY"), ERR_FIELD_MISSING, "need_seq", "R31");
}

/* what need and notice say of the donor is filled from the donor's statements */

CASE(R31_a_need_lists_what_is_there_and_what_is_not)
{
    struct arena *a = arena_new(0);
    struct donor_register donor = {.donor_id = "D-1", .tissue = "adipose", .use = "allogeneic", .subject = "donor"};
    struct screening_record screening = {.donor_id = "D-1", .subject = "donor", .outcome = "no_risk", .screened_at = NOW};
    struct donor_test_report report = {.donor_id = "D-1", .subject = "donor", .specimen_at = NOW};
    static const char *const results[][2] = {{"hbsag", "reactive"}, {"anti_hcv", "pending"}, {"anti_hbc", "non_reactive"}};
    for (size_t i = 0; i < 3; i++) {
        struct donor_result *r = record_list_add(a, &record_donor_result, &report.results);
        r->assay = results[i][0];
        r->result = results[i][1];
    }
    struct donor_statements s = {&donor, &screening, 1, &report, 1, NULL};
    struct eligibility_determine determined;
    struct urgent_need in = need();
    struct physician_notice notice;
    record_init(&record_eligibility_determine, &determined);
    record_init(&record_physician_notice, &notice);
    determined.recovery_at = NOW;
    donor_determine(a, &s, &determined);
    urgent_fill(a, &s, &determined, &in);
    assert_string_equal(in.determination, "ineligible");
    assert_int_equal(in.completed.count, 3);
    assert_string_equal(TEXTS_AT(in.completed, 0), "screening of donor: no_risk");
    assert_string_equal(TEXTS_AT(in.completed, 1), "anti_hbc of donor: non_reactive");
    assert_string_equal(TEXTS_AT(in.completed, 2), "hbsag of donor: reactive");
    assert_int_equal(in.missing.count, 6);
    assert_string_equal(TEXTS_AT(in.missing, 0), "anti_hiv_1_2");
    assert_string_equal(TEXTS_AT(in.missing, 2), "anti_hcv");
    assert_string_equal(TEXTS_AT(in.reactive, 0), "hepatitis B virus");
    urgent_notice_fill(a, &s, &determined, &notice);
    assert_int_equal(notice.completed.count, 3);
    assert_int_equal(notice.missing.count, 6);
    arena_free(a);
}

static struct donor_test_report report_of(struct arena *a, const char *const results[][2], size_t n)
{
    struct donor_test_report report = {.donor_id = "D-1", .subject = "donor", .specimen_at = NOW};
    for (size_t i = 0; i < n; i++) {
        struct donor_result *r = record_list_add(a, &record_donor_result, &report.results);
        r->assay = results[i][0];
        r->result = results[i][1];
    }
    return report;
}

static struct list completed_of(struct arena *a, const struct donor_test_report *reports, size_t n)
{
    static struct donor_register donor = {.donor_id = "D-1", .tissue = "adipose", .use = "allogeneic", .subject = "donor"};
    struct donor_statements s = {&donor, NULL, 0, reports, n, NULL};
    struct eligibility_determine determined;
    struct urgent_need in = need();
    record_init(&record_eligibility_determine, &determined);
    determined.recovery_at = NOW;
    donor_determine(a, &s, &determined);
    urgent_fill(a, &s, &determined, &in);
    return in.completed;
}

CASE(R31_what_is_completed_reads_alike_in_whatever_order_it_was_reported)
{
    static const char *const one[][2] = {{"wnv_nat", "reactive"}, {"anti_hcv", "pending"}, {"hbsag", "reactive"}, {"anti_hbc", "non_reactive"}};
    static const char *const other[][2] = {{"anti_hbc", "non_reactive"}, {"anti_hcv", "pending"}, {"hbsag", "reactive"}, {"wnv_nat", "reactive"}};
    struct arena *a = arena_new(0);
    struct donor_test_report x = report_of(a, one, 4), y = report_of(a, other, 4);
    struct list from_x = completed_of(a, &x, 1), from_y = completed_of(a, &y, 1);
    assert_int_equal(from_x.count, 3);
    assert_int_equal(from_y.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(TEXTS_AT(from_x, i), TEXTS_AT(from_y, i));
    arena_free(a);
}

CASE(R31_a_long_record_is_told_by_the_last_word_on_each_matter)
{
    static const char *const many[][2] = {{"hbsag", "non_reactive"}, {"anti_hbc", "non_reactive"}}, *const last[][2] = {{"hbsag", "reactive"}};
    struct arena *a = arena_new(0);
    struct donor_test_report reports[32];
    for (size_t i = 0; i < 30; i++)
        reports[i] = report_of(a, many, 2);
    assert_int_equal(completed_of(a, reports, 30).count, 60);
    reports[30] = report_of(a, last, 1);
    struct list told = completed_of(a, reports, 31);
    assert_int_equal(told.count, 2);
    assert_string_equal(TEXTS_AT(told, 0), "anti_hbc of donor: non_reactive");
    assert_string_equal(TEXTS_AT(told, 1), "hbsag of donor: reactive");
    arena_free(a);
}
