/* An instrument's file over real sockets: kept, bound to its batch, the result taken from it, and found again by the verifier. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/terminal.h"
#include "support/test.h"

#define HEADER "Sample ID,Viable (x10^6) cells/mL,Viability (%)\r\n"

static const char VIABILITY[] =
    ",{\"code\":\"viability\",\"gating\":\"release\",\"limit\":\"70\",\"method\":\"trypan blue\",\"op\":\">=\",\"pending_allowed\":false,"
    "\"replicates\":2,\"rounding\":\"usp\",\"sample_point\":\"final product\",\"title\":\"Viability\",\"unit\":\"%\"}";

static const char IDENTITY[] =
    ",{\"code\":\"str\",\"gating\":\"release\",\"limit\":\"concordant\",\"loci\":3,\"method\":\"STR\",\"op\":\"equals\",\"pending_allowed\":false,"
    "\"replicates\":1,\"sample_point\":\"final product\",\"title\":\"Identity\"}";

static struct err e;
static struct receipt made;
static struct short_batch b;

static void begin(void)
{
    memset(&b, 0, sizeof b);
    short_with(arena_printf(house_arena(), "%s%s", VIABILITY, IDENTITY));
    short_filled(&b, "allogeneic");
    assert_done(short_complete(&b));
}

static const char *counted(const char *sample)
{
    return arena_printf(house_arena(), "%s%s,0.75,96.5\r\n%s,0.80,97.0\r\nB-OTHER,0.1,12\r\n", HEADER, sample, sample);
}

static int import(const char *text, const char *command)
{
    struct file_import in;
    uint8_t digest[DIGEST_LEN];
    record_init(&record_file_import, &in);
    memset(&e, 0, sizeof e);
    digest_sha256(text, strlen(text), digest);
    in.batch_id = b.batch;
    in.file_name = "count.csv";
    in.file = (struct bytes){(const uint8_t *)text, strlen(text)};
    in.file_sha256 = hex_text(house_arena(), digest, sizeof digest);
    return desk_observe(house_login("U-YUKI")->desk, house_arena(), "quality.file_import", command, &in, &made, &e);
}

static int report(int64_t file_seq, const char *quantity, const char *result)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b.batch;
    in.code = "viability";
    in.result = result;
    in.method = "trypan blue";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 2000;
    in.tested_at = clock_ms() - 1000;
    in.file_seq = file_seq;
    in.quantity = quantity;
    return short_act("U-YUKI", "quality.test_report", &in);
}

static const struct quality_results *results(void)
{
    static struct quality_results all;
    struct batch_key key = {b.batch};
    assert_done(short_ask("quality.results", &key, &all));
    return &all;
}

static void refused(int code, int should, const struct err *why, const char *text)
{
    assert_int_equal(code, should);
    if (strstr(why->text, text) == NULL)
        fail_msg("%s, not %s", why->text, text);
}

CASE(T52_R23_result_is_taken_from_the_file_and_verified_from_its_bytes)
{
    begin();
    refused(import(counted("B-OTHER"), NULL), ERR_RESULT_REFUSED, &e, arena_printf(house_arena(), "it is of B-OTHER, not of %s", b.batch));
    refused(import(HEADER "x\xb5,0.75,96.5\r\n", NULL), ERR_RESULT_REFUSED, &e, "line 2, column 2: the byte 0xb5");
    refused(import(HEADER "x,0.75,96,5\r\n", NULL), ERR_RESULT_REFUSED, &e, "line 2, column 11");
    refused(import("\x05\x02" "1H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\r\x03" "9D\r\n\x04", NULL), ERR_RESULT_REFUSED, &e, "no terminator (L): it is cut off");
    const char *text = counted(b.batch);
    char command[COMMAND_HEX];
    command_new(command);
    if (import(text, command) != 0)
        fail_msg("%s", e.text);
    int64_t file_seq = made.seq;
    assert_int_equal(import(text, command), 0);                                     /* sent again: the same entry (T49) */
    assert_int_equal(made.seq, file_seq);
    assert_int_equal(import(counted(arena_printf(house_arena(), "%s-S1", b.batch)), command), ERR_COMMAND_REUSED);
    const struct quality_results *all = results();
    assert_int_equal(all->files.count, 1);
    assert_int_equal(LIST_AT(all->files, struct file_row, 0)->values.count, 4);
    assert_string_equal(LIST_AT(all->files, struct file_row, 0)->format, "vi_cell_blu");

    refused(report(file_seq, "viable_density", NULL), ERR_RESULT_REFUSED, short_error(), "the test is in \"%\"");
    refused(report(file_seq, "viability", "96.5; 97.1"), ERR_RESULT_REFUSED, short_error(), "the file has 96.5; 97.0");
    refused(report(file_seq + 1, "viability", NULL), ERR_NOT_FOUND, short_error(), "keeps no instrument's file");
    refused(report(INTEGER_ABSENT, NULL, NULL), ERR_FIELD_MISSING, short_error(), "result is missing");
    assert_done(report(file_seq, "viability", NULL));
    all = results();
    const struct test_row *row = LIST_AT(all->tests, struct test_row, all->tests.count - 1);
    assert_string_equal(row->result, "96.5; 97.0");
    assert_string_equal(row->verdict, "pass");
    assert_int_equal(row->file_seq, file_seq);
    assert_string_equal(row->quantity, "viability");

    /* the other run's file was taken: typing over it is refused as typing was, the right file has it */
    struct test_correct correct = {.batch_id = b.batch, .test_seq = row->test_seq, .old_value = "96.5; 97.0", .new_value = "95.5; 97.0",
                                   .reason = "the file of the first run was taken", .file_seq = INTEGER_ABSENT};
    refused(short_act("U-YUKI", "quality.test_correct", &correct), ERR_RESULT_REFUSED, short_error(), "its correction names the file");
    assert_int_equal(import(arena_printf(house_arena(), "%s%s,0.75,95.5\r\n%s,0.80,97.0\r\n", HEADER, b.batch, b.batch), NULL), 0);
    correct.file_seq = made.seq;
    correct.quantity = "viability";
    correct.new_value = "94.5; 97.0";
    refused(short_act("U-YUKI", "quality.test_correct", &correct), ERR_RESULT_REFUSED, short_error(), "the file has 95.5; 97.0");
    assert_string_equal(short_error()->field, "new_value");
    correct.new_value = "95.5; 97.0";
    assert_done(short_act("U-YUKI", "quality.test_correct", &correct));
    all = results();
    row = LIST_AT(all->tests, struct test_row, all->tests.count - 1);
    assert_string_equal(row->result, "95.5; 97.0");
    assert_int_equal(row->file_seq, correct.file_seq);
    assert_true(house_dossier_holds(b.batch));
}

/* an instrument that sends each of its runs: the newest are no longer shown, and that is said */
CASE(T52_more_files_than_are_listed_are_said)
{
    begin();
    for (int i = 0; i <= 200; i++) {
        if (i == 200)
            assert_int_equal(results()->more, BOOLEAN_ABSENT);
        if (import(arena_printf(house_arena(), "%s%s,0.75,9%d.%d\r\n", HEADER, b.batch, i % 10, i), NULL) != 0)
            fail_msg("%s", e.text);
    }
    assert_int_equal(results()->files.count, 200);
    assert_int_equal(results()->more, 1);
}

CASE(T52_file_of_the_command_line)
{
    begin();
    const char *path = terminal_home("count.csv"), *text = counted(b.batch);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
    assert_int_equal(terminal_login("U-YUKI", "T-BENCH3").status, 0);
    const char *words[] = {"test", "import", b.batch, "count.csv", arena_printf(house_arena(), "file=@%s", path), NULL};
    struct said said = terminal_run("stemma", "T-BENCH3", "", words);
    if (said.status != 0)
        fail_msg("%s%s", said.out, said.err);
    assert_int_equal(results()->files.count, 1);
    words[4] = "file=@/nowhere/count.csv";
    said = terminal_run("stemma", "T-BENCH3", "", words);
    assert_true(said.status != 0);
    assert_non_null(strstr(said.err, "There is no file /nowhere/count.csv"));
}

static int refer(const char *subject, const char *profile)
{
    struct str_reference in = {b.donor, subject, clock_ms() - 5000, "Test laboratory", profile};
    return short_act("U-YUKI", "source.str_reference", &in);
}

static int identify(const char *profile, const char *result)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b.batch;
    in.code = "str";
    in.result = result;
    in.method = "STR";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 2000;
    in.tested_at = clock_ms() - 1000;
    in.profile = profile;
    return short_act("U-YUKI", "quality.test_report", &in);
}

/* what an open point of the gate says, from ${text} on; NULL: it does not say that */
static const char *gate_text(int64_t point, const char *text)
{
    struct gate_result gate;
    struct batch_key key = {b.batch};
    assert_done(short_ask("release.gate", &key, &gate));
    for (size_t i = 0; i < gate.points.count; i++) {
        const struct gate_point *p = LIST_AT(gate.points, struct gate_point, i);
        if (p->point == point && strcmp(p->state, "open") == 0 && p->text != NULL)
            return strstr(p->text, text);
    }
    return NULL;
}

CASE(T31_T32_identity_is_compared_with_infant_and_mother)
{
    begin();
    refused(refer("donor", "TH01:6,7"), ERR_FIELD_RANGE, short_error(), "");        /* behind a cord stand two persons */
    refused(refer("infant", "TH01:6-7"), ERR_RESULT_REFUSED, short_error(), "no allele of TH01");
    refused(identify("TH01:6,7;FGA:20,21;TPOX:8", NULL), ERR_NOT_FOUND, short_error(), "no reference profile of the infant");
    assert_done(refer("infant", "TH01:6,7;FGA:20,21;TPOX:8"));
    refused(identify("TH01:6,7;FGA:20,21;TPOX:8", NULL), ERR_NOT_FOUND, short_error(), "no reference profile of the mother");
    assert_done(refer("mother", "TH01:6,9.3;FGA:20,22;TPOX:8"));
    refused(identify(NULL, "concordant"), ERR_FIELD_MISSING, short_error(), "computed from a profile");
    refused(identify("TH01:6,7;FGA:20,21;TPOX:8", "discordant"), ERR_RESULT_REFUSED, short_error(), "the profiles are concordant");
    assert_done(identify("TH01:6,7;FGA:20,21", NULL));                               /* too few loci: no result, and again */
    assert_done(identify("TH01:6,7;FGA:20,21;TPOX:8", NULL));
    const struct quality_results *all = results();
    const struct test_row *row = LIST_AT(all->tests, struct test_row, all->tests.count - 1);
    assert_string_equal(row->result, "concordant");
    assert_string_equal(row->verdict, "pass");
    assert_non_null(strstr(row->identity, "3 of 3 loci agree"));
    assert_string_equal(LIST_AT(all->tests, struct test_row, all->tests.count - 2)->verdict, "cannot_evaluate");
    struct test_correct correct = {.batch_id = b.batch, .test_seq = row->test_seq, .old_value = "concordant", .new_value = "discordant", .file_seq = INTEGER_ABSENT,
                                   .reason = "typed in the wrong place"};
    refused(short_act("U-YUKI", "quality.test_correct", &correct), ERR_STATE_FORBIDS, short_error(), "what its profiles say");
    assert_true(house_dossier_holds(b.batch));
    /* the infant's reference was another's: what passed by it is open at the gate until one comes that it fits */
    assert_null(gate_text(3, "by the reference of entry"));
    assert_done(refer("infant", "TH01:6,7;FGA:20,22;TPOX:8"));
    assert_non_null(gate_text(3, "str is discordant by the reference of entry"));
    assert_done(refer("infant", "TH01:6,7;FGA:20,21;TPOX:8;D5S818:11,12"));
    assert_null(gate_text(3, "by the reference of entry"));
    begin();
    assert_done(refer("infant", "TH01:6,7;FGA:20,21;TPOX:8"));
    assert_done(refer("mother", "TH01:6,9.3;FGA:20,22;TPOX:8"));
    assert_done(identify("TH01:6,9.3;FGA:20,22;TPOX:8", NULL));                      /* the mother's cells grew */
    row = LIST_AT(results()->tests, struct test_row, 0);
    assert_string_equal(row->verdict, "fail");
    assert_non_null(strstr(row->identity, "her cells (T32)"));
    assert_string_equal(row->oos_state, "open");
}

/* the worklist's first line of the batch; NULL: it has none */
static const char *waits_for(void)
{
    static struct pending_rows rows;
    struct nothing none;
    record_init(&record_nothing, &none);
    assert_done(short_ask("release.pending", &none, &rows));
    for (size_t i = 0; i < rows.pending.count; i++) {
        const struct pending_row *row = LIST_AT(rows.pending, struct pending_row, i);
        if (strcmp(row->batch_id, b.batch) == 0)
            return arena_printf(house_arena(), "%s %s %s", row->kind, row->code, row->state);
    }
    return NULL;
}

static void review_last(void)
{
    const struct test_review review = {.batch_id = b.batch, .test_seq = short_seq()};
    assert_done(short_act("U-OMAR", "quality.test_review", &review));
}

CASE(T31_what_was_released_by_a_wrong_reference_is_in_the_worklist)
{
    memset(&b, 0, sizeof b);
    short_with(arena_printf(house_arena(), "%s%s", VIABILITY, IDENTITY));
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(report(INTEGER_ABSENT, NULL, "96.5; 97.0"));
    review_last();
    assert_done(refer("infant", "TH01:6,7;FGA:20,21;TPOX:8"));
    assert_done(refer("mother", "TH01:6,9.3;FGA:20,22;TPOX:8"));
    assert_done(identify("TH01:6,7;FGA:20,21;TPOX:8", NULL));
    review_last();
    assert_done(short_review(&b));
    assert_done(refer("infant", "TH01:6,7;FGA:20,22;TPOX:8"));
    refused(short_release(&b), ERR_GATE_CLOSED, short_error(), "str is discordant by the reference of entry");
    assert_done(refer("infant", "TH01:6,7;FGA:20,21;TPOX:8;D5S818:11,12"));
    assert_done(short_release(&b));
    assert_null(waits_for());
    assert_done(refer("infant", "TH01:6,7;FGA:20,22;TPOX:8"));
    assert_string_equal(waits_for(), "identity str overdue");
    assert_true(house_dossier_holds(b.batch));        /* it was right to release by what was known */
}
