/* Urgent medical need over real sockets: the gate stays closed until need, notice and labels are there; the two tasks. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define DAY INT64_C(86400000)

#define assert_gate_closed(b, part)                                                                                     \
    do {                                                                                                                \
        assert_int_equal(short_release(b), ERR_GATE_CLOSED);                                                            \
        assert_string_equal(short_error()->rule, "gate 6");                                                             \
        assert_non_null(strstr(short_error()->text, (part)));                                                           \
    } while (0)

static int64_t need_seq;

static int document_need(const struct short_batch *b, const char *recipient)
{
    struct urgent_need in;
    record_init(&record_urgent_need, &in);
    in.donor_id = b->donor;
    in.recipient_code = recipient;
    in.no_comparable = "No comparable product is available in any bank asked";
    in.serious_risk = "Death within weeks is to be expected without it";
    in.physician_id = "U-INES";
    in.finish_by = "U-ELENA";
    in.inform_by = "U-PETER";
    in.finish_due_at = clock_ms() + 3 * DAY;
    in.inform_due_at = clock_ms() + 4 * DAY;
    int code = short_act("U-ELENA", "source.urgent_need", &in);
    need_seq = code == 0 ? short_seq() : need_seq;
    return code;
}

static int acknowledge(const struct short_batch *b, const char *stage, int64_t seq)
{
    struct physician_notice in;
    record_init(&record_physician_notice, &in);
    in.donor_id = b->donor;
    in.stage = stage;
    in.need_seq = seq;
    return short_act("U-INES", "source.physician_notice", &in);
}

/* a donor with this result, determined, consented, collected */
static void donor(struct short_batch *b, const char *use, const char *hbv_result)
{
    short_donor(b, use);
    assert_done(short_consent(b, "treatment,storage"));
    assert_done(short_screen(b));
    assert_done(short_tests(b, "anti_hcv", hbv_result));
    assert_done(short_determine(b));
    short_collect(b);
}

/* up to the test, labelled */
static void work(struct short_batch *b)
{
    assert_done(short_step(b));
    assert_done(short_fill(b));
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
    short_test(b);
}

/* the batch's dossier, exported, says the same when a verifier makes it again (rule 11) */
static void assert_dossier_holds(const struct short_batch *b)
{
    const char *path = arena_printf(house_arena(), "%s/%s.asice", house_dir(), b->batch), *text;
    const char *trust = arena_printf(house_arena(), "%s/trust", house_dir());
    struct dossier_request in;
    struct dossier_file out;
    record_init(&record_dossier_request, &in);
    in.batch_id = b->batch;
    desk_timeout(house_login("U-RUTH")->desk, 120000);
    assert_done(short_ask("audit.dossier", &in, &out));
    FILE *f = fopen(path, "w");
    assert_true(f != NULL && fwrite(out.file.data, 1, out.file.len, f) == out.file.len && fclose(f) == 0);
    if (house_run(&text, "stemma-verify", path, "--trust", trust, NULL) != 0)
        fail_msg("%s", text);
    remove(path);
}

static const struct follow_up_row *task(const struct short_batch *b, const char *name)
{
    static struct follow_up_rows rows;
    struct nothing none;
    record_init(&record_nothing, &none);
    assert_done(short_ask("source.follow_ups", &none, &rows));
    for (size_t i = 0; i < rows.tasks.count; i++) {
        const struct follow_up_row *row = LIST_AT(rows.tasks, struct follow_up_row, i);
        if (strcmp(row->donor_id, b->donor) == 0 && strcmp(row->task, name) == 0)
            return row;
    }
    fail_msg("there is no task %s of %s", name, b->donor);
    return NULL;
}

CASE(R31_R04_a_need_opens_a_batch_for_its_own_recipient_only)
{
    struct short_batch b;
    donor(&b, "allogeneic", "pending");
    assert_int_equal(short_open(&b, "allogeneic"), ERR_DONOR_REFUSED);
    assert_int_equal(document_need(&b, "R-SOMEBODY-ELSE"), ERR_DONOR_REFUSED);   /* the donor is registered for another */
    assert_string_equal(short_error()->rule, "R04");
    assert_done(document_need(&b, b.recipient));
    assert_done(short_open(&b, "allogeneic"));
}

CASE(R31_the_gate_opens_when_need_notice_and_labels_are_there)
{
    struct short_batch b;
    donor(&b, "allogeneic", "pending");
    assert_done(document_need(&b, b.recipient));
    assert_done(short_open(&b, "allogeneic"));
    work(&b);
    assert_done(short_review(&b));
    assert_gate_closed(&b, "U-INES has not acknowledged");
    assert_int_equal(acknowledge(&b, "after_determination", need_seq), ERR_ORDER_FORBIDS);
    assert_done(acknowledge(&b, "before_use", need_seq));
    assert_done(short_tests(&b, "anti_hcv", "pending"));                    /* more is known since */
    assert_gate_closed(&b, "since eligibility was determined");
    assert_done(short_determine(&b));
    assert_gate_closed(&b, "since the physician acknowledged it");
    assert_done(acknowledge(&b, "before_use", need_seq));
    assert_int_equal(acknowledge(&b, "before_use", need_seq), ERR_EXISTS);
    assert_done(short_release(&b));
    assert_int_equal(task(&b, "finish")->done_at, TIME_ABSENT);
    assert_string_equal(task(&b, "finish")->owner_id, "U-ELENA");
    assert_string_equal(task(&b, "inform")->owner_id, "U-PETER");
    assert_done(short_hand_over(&b));
    assert_int_equal(acknowledge(&b, "after_determination", need_seq), ERR_ORDER_FORBIDS);
    assert_done(short_tests(&b, NULL, NULL));                               /* the last result comes in after the use */
    assert_done(short_determine(&b));
    assert_int_not_equal(task(&b, "finish")->done_at, TIME_ABSENT);
    assert_int_equal(task(&b, "inform")->done_at, TIME_ABSENT);
    assert_done(acknowledge(&b, "after_determination", need_seq));
    assert_int_not_equal(task(&b, "inform")->done_at, TIME_ABSENT);
    assert_int_equal(document_need(&b, b.recipient), ERR_STATE_FORBIDS);    /* eligible by now */
    assert_dossier_holds(&b);
}

CASE(R31_labels_printed_before_the_need_do_not_do)
{
    struct short_batch b;
    donor(&b, "allogeneic", "non_reactive");
    assert_done(short_open(&b, "allogeneic"));
    work(&b);                                                               /* eligible: a label without statements */
    assert_done(short_tests(&b, "hbsag", "reactive"));                      /* found late */
    assert_done(short_determine(&b));
    assert_done(document_need(&b, b.recipient));
    assert_done(acknowledge(&b, "before_use", need_seq));
    assert_done(short_review(&b));
    assert_gate_closed(&b, "1 labels do not carry what is due");
    assert_done(short_label(&b, 2));
    struct label_request request = {b.batch, b.container, "zpl"};
    struct label_file label;
    assert_int_equal(desk_call(house_login("U-JON")->desk, house_arena(), "custody.label", &request, &label, &(struct err){0}), 0);
    assert_non_null(memmem(label.file.data, label.file.len, "^FDBIOHAZARD^FS", 15));       /* 21 CFR 1271.90(c)(2) */
    assert_done(short_review(&b));
    assert_done(short_release(&b));
}

CASE(R08_T26_the_gate_asks_for_a_determination_of_these_cells_by_all_that_is_known)
{
    struct short_batch b;
    donor(&b, "allogeneic", "non_reactive");
    assert_done(short_open(&b, "allogeneic"));
    work(&b);
    assert_done(short_review(&b));
    b.recovery_ms += 1;
    assert_done(short_determine(&b));
    assert_gate_closed(&b, "which is not this collection");
    b.recovery_ms -= 1;
    assert_done(short_determine(&b));
    assert_done(short_tests(&b, "hiv_1_nat", "reactive"));
    assert_gate_closed(&b, "since eligibility was determined");
}

CASE(T25_R08_ones_own_cells_go_untested_with_a_label_that_says_so_and_with_no_other)
{
    struct short_batch b;
    short_donor(&b, "autologous");
    assert_done(short_consent(&b, "treatment,storage"));
    short_collect(&b);
    assert_done(short_open(&b, "autologous"));
    work(&b);                                                               /* NOT EVALUATED FOR INFECTIOUS SUBSTANCES */
    assert_done(short_review(&b));
    assert_done(short_tests(&b, "hbsag", "reactive"));
    assert_gate_closed(&b, "what is known of the donor is not determined");
    assert_done(short_determine(&b));
    assert_gate_closed(&b, "1 labels do not carry what is due");
    assert_done(short_label(&b, 2));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_dossier_holds(&b);
}

CASE(R08_what_is_found_after_the_release_stops_the_hand_over)
{
    struct short_batch b;
    donor(&b, "allogeneic", "non_reactive");
    assert_done(short_open(&b, "allogeneic"));
    work(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_done(short_tests(&b, "hiv_1_nat", "reactive"));
    assert_int_equal(short_hand_over(&b), ERR_DONOR_REFUSED);
    assert_string_equal(short_error()->rule, "R08");
    assert_done(short_determine(&b));
    assert_int_equal(short_hand_over(&b), ERR_DONOR_REFUSED);
    assert_string_equal(short_error()->rule, "R31");
}

CASE(R31_a_technician_documents_no_need_and_a_qa_acknowledges_none)
{
    struct short_batch b;
    struct urgent_need in;
    struct physician_notice notice;
    donor(&b, "allogeneic", "pending");
    record_init(&record_urgent_need, &in);
    in = (struct urgent_need){.donor_id = b.donor, .recipient_code = b.recipient, .no_comparable = "none is available now",
                              .serious_risk = "death is expected soon", .physician_id = "U-INES", .finish_by = "U-ELENA",
                              .inform_by = "U-ELENA", .finish_due_at = clock_ms() + DAY, .inform_due_at = clock_ms() + DAY};
    assert_int_equal(short_act("U-MARA", "source.urgent_need", &in), ERR_ROLE_MISSING);
    in.physician_id = "U-OMAR";
    assert_int_equal(short_act("U-ELENA", "source.urgent_need", &in), ERR_FIELD_RANGE);
    assert_string_equal(short_error()->rule, "R31");
    assert_done(document_need(&b, b.recipient));
    record_init(&record_physician_notice, &notice);
    notice.donor_id = b.donor;
    notice.stage = "before_use";
    notice.need_seq = need_seq;
    assert_int_equal(short_act("U-ELENA", "source.physician_notice", &notice), ERR_ROLE_MISSING);
}

CASE(S3_2_an_ineligible_relative_gives_when_the_physician_knows)
{
    struct short_batch b;
    donor(&b, "related", "reactive");
    assert_done(short_open(&b, "related"));
    work(&b);
    assert_done(short_review(&b));
    assert_gate_closed(&b, "no physician has acknowledged");
    assert_done(acknowledge(&b, "before_use", INTEGER_ABSENT));
    assert_done(short_release(&b));
}
