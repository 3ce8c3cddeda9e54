/* The readable paper: the same bytes again, every page as it must be, nothing cut, nothing withheld by mistake or shown. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/zone.h"
#include "paper/matter.h"
#include "paper/table.h"
#include "support/batch_fixture.h"
#include "support/pdf_text.h"

#define FONTS "/usr/share/fonts/truetype/dejavu"
#define STREAM_ENTRIES 5200

static struct batch_fixture b;
static struct arena *a;
static struct err e;
static struct paper_options options;

static struct dossier_entry *add(int which, const char *type, enum meaning meaning, const void *record)
{
    return batch_fixture_add(&b, which, type, meaning, record);
}

static void *fresh(const char *type)
{
    return batch_fixture_fresh(&b, type);
}

static void add_step(int no, const char *reason)
{
    struct batch_step *step = fresh("batch.step");
    struct step_value *v = record_list_add(a, &record_step_value, &step->values);
    v->name = "marrow_ml";
    v->value = "60.0";
    step->batch_id = "B-1";
    step->step = no;
    step->started_at = step->ended_at = b.now_ms;
    step->reason = reason;
    add(B, "batch.step", MEANING_PERFORMED, step);
}

/* A batch of one step by Nora Quist, with a remark in free text. */
static void begin(void)
{
    struct batch_open *open;
    struct person_enrol *person;
    batch_fixture_begin(&b, STREAM_ENTRIES, "2026-07-02T08:00:00.000Z", 60000);
    a = b.a;
    b.d.size = 900;
    b.d.heads.size = 899;
    options = (struct paper_options){FONTS, b.now_ms + 86400000 - 120000, false, 0};
    assert_int_equal(zone_set("Europe/Vienna", &e), 0);
    person = fresh("access.person_enrol");
    person->person_id = "U-1";
    person->name = "Nora Quist";
    person->identity_verified_how = "passport";
    texts_add(a, &person->roles, "technician");
    add(U, "access.person_enrol", MEANING_APPROVED, person);
    open = fresh("batch.open");
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1, .specification_id = "Q-BMAC",
                                .specification_version = 1, .collection_id = "C-1", .donor_id = "D-1", .remark = "told by the ward"};
    add(B, "batch.open", MEANING_PERFORMED, open);
}

static struct bytes draw(void)
{
    struct bytes pdf;
    if (paper_draw(a, &b.d, &options, &pdf, &e) != 0)
        fail_msg("%s", e.text);
    return pdf;
}

static int count_of(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        n++;
    return n;
}

CASE(paper_same_inputs_give_the_same_bytes)
{
    begin();
    add_step(1, NULL);
    struct bytes first = draw(), again = draw();
    assert_int_equal(first.len, again.len);
    assert_memory_equal(first.data, again.data, first.len);
    options.token_ms += 1000;
    again = draw();
    assert_true(first.len != again.len || memcmp(first.data, again.data, first.len) != 0);
    arena_free(a);
}

/* In a process of its own with other settings of fonts, language, zone and home the bytes are the same. */
CASE(paper_is_the_same_in_another_process)
{
    int ends[2];
    begin();
    add_step(1, NULL);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("LC_ALL", "de_AT.UTF-8", 1);
        setenv("HOME", "/nonexistent", 1);
        setenv("FONTCONFIG_FILE", "/nonexistent", 1);
        setenv("SOURCE_DATE_EPOCH", "1", 1);
        struct bytes pdf = draw();
        size_t done = 0;
        while (done < pdf.len) {
            ssize_t n = write(ends[1], pdf.data + done, pdf.len - done);
            if (n <= 0)
                _exit(1);
            done += (size_t)n;
        }
        _exit(0);
    }
    close(ends[1]);
    struct buf other = buf_new(a);
    char piece[4096];
    for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0;)
        buf_add(&other, piece, (size_t)n);
    close(ends[0]);
    waitpid(child, NULL, 0);
    struct bytes ours = draw();
    assert_int_equal(ours.len, other.len);
    assert_memory_equal(ours.data, other.text, ours.len);
    arena_free(a);
}

CASE(paper_page_one_says_what_a_person_must_know)
{
    begin();
    const char *text = test_pdf_text(a, draw()), *end = strchr(text, '\f');
    const char *one = arena_dup(a, text, (size_t)(end - text));
    static const char *const words[] = {"B-1", "Not released", "P-BMAC version 1", "Q-BMAC version 1", "D-1", "Nora Quist", "technician",
                                        "complete: entries 1 to 1", "stemma history B-1 from_seq=1", "nothing: every value", "stemma-verify B-1.asice --trust DIR", "Open items",
                                        "Step 1 is not performed", "RFC 3161 time-stamp", "Page 1 of "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(one, words[i]) == NULL)
            fail_msg("page one does not say \"%s\":\n%s", words[i], one);
    arena_free(a);
}

CASE(paper_times_are_local_with_their_offset)
{
    begin();
    assert_non_null(strstr(test_pdf_text(a, draw()), "10:04:00+02:00"));      /* opened at 08:04 UTC, in summer */
    assert_int_equal(zone_set("America/Caracas", &e), 0);
    assert_non_null(strstr(test_pdf_text(a, draw()), "04:04:00-04:00"));
    assert_int_equal(zone_set("Nowhere/Land", &e), ERR_FIELD_TYPE);
    assert_int_equal(zone_set("../../etc/passwd", &e), ERR_FIELD_TYPE);
    arena_free(a);
}

CASE(paper_every_page_has_batch_and_number)
{
    begin();
    for (int i = 0; i < 40; i++) {
        struct batch_note *note = fresh("batch.note");
        note->batch_id = "B-1";
        note->text = "A remark of some length, so that the table of remarks has to go on over several pages of the paper.";
        add(B, "batch.note", MEANING_PERFORMED, note);
    }
    const char *text = test_pdf_text(a, draw());
    int pages = count_of(text, "\f");
    assert_true(pages >= 4);
    for (int n = 1; n <= pages; n++)
        assert_non_null(strstr(text, arena_printf(a, "Page %d of %d", n, pages)));
    assert_int_equal(count_of(text, "Batch record, copy for reading"), pages - 1);
    arena_free(a);
}

/* A text longer than a page in one cell: every word of it is there, in order. */
CASE(paper_cuts_no_text)
{
    struct buf long_text = buf_new(a = arena_new(0));
    for (int i = 0; i < 190; i++)
        buf_printf(&long_text, "word%04d ", i);
    char *kept = strndup(long_text.text, long_text.len - 1);
    arena_free(a);
    begin();
    struct deviation_open *deviation = fresh("quality.deviation_open");
    *deviation = (struct deviation_open){"B-1", "major", kept, b.now_ms, NULL};
    for (int i = 0; i < 3; i++)
        add(B, "quality.deviation_open", MEANING_PERFORMED, deviation);
    const char *text = test_pdf_text(a, draw());
    for (int i = 0; i < 190; i++)
        assert_int_equal(count_of(text, arena_printf(a, "word%04d", i)), 3);
    free(kept);
    arena_free(a);
}

CASE(paper_row_longer_than_a_page_goes_on)
{
    static const struct column columns[] = {{"No.", 1, true}, {"Text", 1, false}};
    struct buf out = buf_new(a = arena_new((size_t)256 << 20));
    PangoFontMap *fonts = sheet_fonts(FONTS);
    assert_non_null(fonts);
    struct sheet s = {.arena = a, .running_left = "l", .running_right = "r", .foot = "f", .pages = 9};
    s.surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 8, 8);
    s.cr = cairo_create(s.surface);
    s.context = pango_font_map_create_context(fonts);
    for (int i = 0; i < 200; i++)
        buf_printf(&out, "line %d\n", i);
    struct table t;
    sheet_begin(&s);
    table_begin(&t, &s, columns, 2);
    table_row(&t, (const char *[]){"1", out.text});
    table_row(&t, (const char *[]){"2", "short"});
    table_end(&t);
    assert_true(s.page >= 3 && s.y < SHEET_BOTTOM + 8);
    g_object_unref(s.context);
    cairo_destroy(s.cr);
    cairo_surface_destroy(s.surface);
    g_object_unref(fonts);
    arena_free(a);
}

CASE(paper_redacted_has_no_name_and_no_free_text)
{
    begin();
    add_step(1, "spilled by the courier");
    const char *open = test_pdf_text(a, draw());
    assert_true(strstr(open, "Nora Quist") != NULL && strstr(open, "told by the ward") != NULL && strstr(open, "spilled") != NULL);
    options.redacted = true;
    const char *text = test_pdf_text(a, draw());
    assert_true(strstr(text, "Nora") == NULL && strstr(text, "told by") == NULL && strstr(text, "spilled") == NULL);
    assert_true(strstr(text, "U-1") != NULL && strstr(text, "[withheld]") != NULL && strstr(text, "ab01ab01") != NULL);
    arena_free(a);
}

CASE(paper_markup_in_the_record_is_only_text)
{
    begin();
    add_step(1, "<b>bold</b> & <span size=\"99999\">huge</span>");
    assert_non_null(strstr(test_pdf_text(a, draw()), "<b>bold</b> & <span"));
    arena_free(a);
}

CASE(paper_corrected_value_stands_struck_beside_the_new)
{
    begin();
    add_step(1, NULL);
    struct matter f;
    assert_int_equal(matter_read(a, &b.d, &options, &f, &e), 0);
    struct matter_correction c[2] = {{.no = 1, .seq = 5, .corrects = 1, .step = 1, .field = "marrow_ml", .old_value = "60.0", .new_value = "66.0"},
                                    {.no = 2, .seq = 6, .corrects = 1, .step = 1, .field = "marrow_ml", .old_value = "66.0", .new_value = "67.0"}};
    f.correction = c;
    f.correction_count = 2;
    const char *shown = matter_corrected(&f, 1, 1, "marrow_ml", "60.0");
    const char *first = strstr(shown, ">60.0<"), *second = strstr(shown, ">66.0<"), *now = strstr(shown, " 67.0");
    assert_true(first != NULL && second > first && now > second);
    assert_int_equal(count_of(shown, "strikethrough"), 2);
    assert_string_equal(matter_corrected(&f, 2, 2, "marrow_ml", "60.0"), "60.0");
    arena_free(a);
}

/* Entry 3 corrects what entry 2 recorded, and leaves entry 2 unsigned. */
static void correct_step(const char *old_value, const char *new_value, const char *reason)
{
    struct batch_correct *correct = fresh("batch.correct");
    *correct = (struct batch_correct){.batch_id = "B-1", .step = 1, .field = "marrow_ml", .old_value = old_value, .new_value = new_value,
                                      .reason = reason, .corrects = 1};
    struct lapsed_act *lapsed = record_list_add(a, &record_lapsed_act, &correct->lapsed);
    *lapsed = (struct lapsed_act){1, "batch.step", 1};
    add(B, "batch.correct", MEANING_CORRECTED, correct);
}

static const char *page(const char *text, int no)
{
    for (; no > 1; no--)
        text = strchr(text, '\f') + 1;
    return arena_dup(a, text, strcspn(text, "\f"));
}

/* Annex 11 8.2: a print that supports a release says whether data was changed since the original entry. */
CASE(R41_print_says_that_nothing_was_changed)
{
    begin();
    add_step(1, NULL);
    const char *text = test_pdf_text(a, draw());
    assert_non_null(strstr(page(text, 1), "nothing: every value stands as it was entered first"));
    assert_int_equal(count_of(text, "changed since original entry: nothing"), count_of(text, "\f"));
    assert_null(strstr(text, "Corrections"));
    arena_free(a);
}

CASE(R41_print_says_what_was_changed_on_every_page)
{
    begin();
    add_step(1, NULL);
    correct_step("60.0", "66.0", "misread the syringe");
    correct_step("66.0", "66.5", "and its scale");
    const char *text = test_pdf_text(a, draw()), *one = page(text, 1);
    assert_non_null(strstr(one, "2 corrections, c1 to c2: step 1, "));
    assert_non_null(strstr(one, "unsigned until reviewed"));
    assert_int_equal(count_of(text, "changed since original entry: 2 corrections"), count_of(text, "\f"));
    assert_true(strstr(text, "misread the syringe") != NULL && strstr(text, "and its scale") != NULL);
    arena_free(a);
}

CASE(R41_a_corrected_text_is_withheld_where_texts_are)
{
    begin();
    add_step(1, NULL);
    struct matter m;
    struct batch_correct *correct = fresh("batch.correct");
    *correct = (struct batch_correct){.batch_id = "B-1", .step = 3, .field = "set_lot", .old_value = "as Ada said", .new_value = "as Ben said",
                                      .reason = "Ada erred", .corrects = 1};
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    const struct procedure_field *field = NULL;
    for (int no = 1; field == NULL && procedure_step(m.procedure, no) != NULL; no++) {
        const struct procedure_step *step = procedure_step(m.procedure, no);
        for (size_t i = 0; i < step->fields.count; i++)
            if (((const struct procedure_field *)step->fields.items)[i].kind == VALUE_TEXT) {
                field = &((const struct procedure_field *)step->fields.items)[i];
                correct->step = no;
            }
    }
    assert_non_null(field);
    correct->field = field->name;
    add(B, "batch.correct", MEANING_CORRECTED, correct);
    assert_non_null(strstr(test_pdf_text(a, draw()), "as Ben said"));
    options.redacted = true;
    const char *text = test_pdf_text(a, draw());
    assert_true(strstr(text, "Ada") == NULL && strstr(text, "as Ben") == NULL);
    assert_non_null(strstr(text, "Corrections"));
    arena_free(a);
}

CASE(paper_numbers_are_grouped_and_words_are_not)
{
    struct matter m;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    static const char *const shown[][2] = {{"178600000", "178\u202f600\u202f000"}, {"-12345.678901", "-12\u202f345.678901"}, {"4990.0", "4990.0"},
                                           {"<10000", "&lt;10\u202f000"}, {"012345", "012345"}, {"46,XY", "46,XY"}, {"2026-11-21", "2026-11-21"}};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_string_equal(matter_number(&m, shown[i][0]), shown[i][1]);
    arena_free(a);
}

CASE(paper_names_without_label_are_spoken)
{
    struct matter m;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    static const char *const shown[][3] = {{"temp_set_degc", "degC", "Temperature set"}, {"co2_percent", "%", "CO₂"},
                                           {"viable_conc", "cells/mL", "Viable concentration"}, {"tvc_in_cells", "cells", "Viable cells in"},
                                           {"tissue_per_area_mg", "mg/cm2", "Tissue per area"}, {"seeded_cells", "cells", "Seeded cells"},
                                           {"mg", "mg", "Mg"}};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_string_equal(matter_label(&m, shown[i][0], shown[i][1]), shown[i][2]);
    assert_string_equal(matter_quantity(&m, "temperature_c"), "Temperature, °C");
    arena_free(a);
}

CASE(paper_a_day_stands_once_in_a_span)
{
    struct matter m;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_string_equal(matter_span(&m, b.now_ms, b.now_ms + 60000), "2026-07-02\u00a010:05 to 10:06+02:00");
    assert_non_null(strstr(matter_span(&m, b.now_ms, b.now_ms + 86400000), "2026-07-03"));
    arena_free(a);
}

/* The night the clocks go back an hour: 02:30 is there twice, so both keep their offset. */
CASE(T15_a_span_over_the_change_of_clocks_keeps_both_offsets)
{
    struct matter m;
    int64_t from;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_true(clock_from_text("2026-10-25T00:30:00.000Z", 24, &from));
    const char *shown = matter_span(&m, from, from + 3600000);
    assert_true(strstr(shown, "+02:00") != NULL && strstr(shown, "+01:00") != NULL);
    arena_free(a);
}

CASE(paper_a_correction_after_the_release_holds_the_batch)
{
    struct matter m;
    begin();
    add_step(1, NULL);
    struct batch_complete *complete = fresh("batch.complete");
    struct batch_release *release = fresh("release.release");
    struct hold_end *hold_end = fresh("quality.hold_end");
    complete->batch_id = release->batch_id = "B-1";
    *hold_end = (struct hold_end){"B-1", "looked into"};
    add(B, "batch.complete", MEANING_PERFORMED, complete);
    add(B, "release.release", MEANING_RELEASED, release);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_string_equal(m.standing.state, "released");
    correct_step("60.0", "66.0", "misread");
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_string_equal(m.standing.state, "on_hold");
    add(B, "quality.hold_end", MEANING_APPROVED, hold_end);
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_string_equal(m.standing.state, "in_test");
    arena_free(a);
}

CASE(custody_DESTROY_taken_back_is_told_as_begun_and_taken_back)
{
    begin();
    struct container_destroy *in = fresh("custody.container_destroy");
    *in = (struct container_destroy){.batch_id = "B-1", .method = "incinerated", .reason = "thawed by mistake", .witness_id = "U-2",
                                      .destroyed_at = b.now_ms};
    texts_add(a, &in->containers, "K1");
    struct destroy_cancel *back = fresh("custody.destroy_cancel");
    *back = (struct destroy_cancel){.batch_id = "B-1", .reason = "the bag was another", .destroyed_by = "U-1"};
    texts_add(a, &back->containers, "K1");
    back->destroy_seq = add(B, "custody.container_destroy", MEANING_PERFORMED, in)->entry.seq;
    struct container_back *one = record_list_add(a, &record_container_back, &back->back);
    *one = (struct container_back){.container_id = "K1", .state = "kept"};
    assert_null(strstr(test_pdf_text(a, draw()), "destruction taken back"));
    add(B, "custody.destroy_cancel", MEANING_PERFORMED, back);
    const char *text = test_pdf_text(a, draw());
    assert_non_null(strstr(text, "destruction begun"));
    assert_non_null(strstr(text, "destruction taken back"));
    assert_non_null(strstr(text, "K1: kept again"));
    arena_free(a);
}

static void label(int64_t copy, bool apply, int64_t replaces)
{
    struct label_print *print = fresh("custody.label_print");
    struct label_apply *on = fresh("custody.label_apply");
    *print = (struct label_print){.batch_id = "B-1", .container_id = "K1", .copy = copy, .reason = copy > 1 ? "the first one tore" : NULL,
                                  .biohazard = BOOLEAN_ABSENT};
    add(B, "custody.label_print", MEANING_PERFORMED, print);
    *on = (struct label_apply){"B-1", "K1", copy, "x", "scanned", NULL, replaces};
    if (apply)
        add(B, "custody.label_apply", MEANING_PERFORMED, on);
}

CASE(custody_RELABEL_labels_are_told_and_added_up)
{
    begin();
    label(1, false, INTEGER_ABSENT);
    const char *text = test_pdf_text(a, draw());
    assert_non_null(strstr(text, "1 printed; what became of each was not recorded."));
    struct label_end *ended = fresh("custody.label_end");
    *ended = (struct label_end){"B-1", "K1", 1, "spoiled", "it jammed in the printer", NULL};
    add(B, "custody.label_end", MEANING_PERFORMED, ended);
    label(2, true, INTEGER_ABSENT);
    label(3, true, 2);
    text = test_pdf_text(a, draw());
    assert_non_null(strstr(text, "3 printed = 1 applied + 1 spoiled + 0 destroyed + 0 attached to the record + 1 open:"));
    assert_non_null(strstr(text, "copy 2 of K1 was taken off"));
    assert_non_null(strstr(text, "relabelled"));
    assert_non_null(strstr(text, "it jammed in the printer"));
    ended->copy = 2;
    ended->outcome = "specimen";
    add(B, "custody.label_end", MEANING_PERFORMED, ended);
    text = test_pdf_text(a, draw());
    assert_non_null(strstr(text, "3 printed = 1 applied + 1 spoiled + 0 destroyed + 1 attached to the record."));
    arena_free(a);
}

CASE(R12_a_pool_expires_on_paper_as_the_fill_was_corrected)
{
    begin();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "14.0", .samples_ml = "0", .waste_ml = "0"};
    clock_from_text("2026-11-05T10:00:00.000Z", CLOCK_TEXT - 1, &fill->expires_at);
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) = (struct fill_container){"K1", "7.0", "700"};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) = (struct fill_container){"K2", "7.0", "300"};
    int64_t filled = add(B, "batch.fill", MEANING_PERFORMED, fill)->entry.seq;
    struct container_pool *pool = fresh("custody.pool");
    *pool = (struct container_pool){.batch_id = "B-1", .container_id = "K3", .volume_ml = "14.0", .waste_ml = "0", .cells = "1000",
                                    .expires_at = fill->expires_at, .pooled_at = b.now_ms, .verify = BOOLEAN_ABSENT, .late_min = INTEGER_ABSENT};
    texts_add(a, &pool->parents, "K1");
    texts_add(a, &pool->parents, "K2");
    add(B, "custody.pool", MEANING_PERFORMED, pool);
    const char *row = strstr(test_pdf_text(a, draw()), "Of, with viable cells");
    assert_non_null(row);
    assert_non_null(strstr(row, "2026-11-05"));
    assert_null(strstr(row, "2026-11-03"));
    assert_non_null(strstr(row, "Labels, samples, storage"));
    struct fill_correct *in = fresh("batch.fill_correct");
    *in = (struct fill_correct){.batch_id = "B-1", .field = "expires_at", .old_value = "2026-11-05T10:00:00.000Z", .new_value = "2026-11-03T10:00:00.000Z",
                                .reason = "read off the wrong line", .corrects = filled};
    add(B, "batch.fill_correct", MEANING_PERFORMED, in);
    row = strstr(test_pdf_text(a, draw()), "Of, with viable cells");
    assert_non_null(row);
    const char *was = strstr(row, "2026-11-05"), *now = strstr(row, "2026-11-03");
    assert_true(was != NULL && now != NULL && was < now && now < strstr(row, "Labels, samples, storage"));
    arena_free(a);
}

CASE(R14_the_list_of_all_entries_says_what_is_unsigned)
{
    begin();
    add_step(1, NULL);
    const char *text = test_pdf_text(a, draw()), *list = strstr(text, "All entries");
    assert_non_null(list);
    assert_null(strstr(list, "unsigned"));
    correct_step("60.0", "66.0", "misread");
    list = strstr(test_pdf_text(a, draw()), "All entries");
    assert_non_null(list);
    assert_non_null(strstr(list, "unsigned"));                /* the line is broken in its column */
    arena_free(a);
}

/* A text that cannot be set would leave an empty place: then there is no paper. */
CASE(paper_text_that_cannot_be_set_is_a_fault)
{
    struct bytes pdf;
    begin();
    add_step(1, "half a character: \xc3");
    assert_true(paper_draw(a, &b.d, &options, &pdf, &e) != 0);
    arena_free(a);
}

static int64_t read_value(const char *value)
{
    struct batch_reading *r = fresh("batch.reading");
    *r = (struct batch_reading){"B-1", "E-INCUBATOR", "temperature_c", value, b.now_ms};
    struct dossier_entry *entry = add(B, "batch.reading", MEANING_RECORDED, r);
    entry->statement.signer_cert = NULL;
    return entry->entry.seq;
}

/* the chapter of plots, up to the list of entries */
static const char *trends(void)
{
    const char *from = strstr(test_pdf_text(a, draw()), "Trends"), *to = from == NULL ? NULL : strstr(from, "All entries");
    return from == NULL || to == NULL ? "" : arena_dup(a, from, (size_t)(to - from));
}

CASE(paper_trend_needs_two_values)
{
    begin();
    read_value("37.1");
    assert_string_equal(trends(), "");
    read_value("36.8");
    assert_non_null(strstr(trends(), "36.8"));
    arena_free(a);
}

/* R12: what was recorded in error supports no release, neither as a point nor as the highest that was read. */
CASE(R12_a_void_reading_is_not_drawn)
{
    begin();
    read_value("37.1");
    int64_t seq = read_value("73.1");
    read_value("36.8");
    assert_non_null(strstr(trends(), "73.1"));
    struct batch_void *gone = fresh("batch.void");
    *gone = (struct batch_void){"B-1", seq, "slip of the finger", "batch.reading", "value", "73.1", "void"};
    add(B, "batch.void", MEANING_CORRECTED, gone);
    assert_true(strstr(trends(), "73.1") == NULL && strstr(trends(), "37.1") != NULL);
    assert_non_null(strstr(test_pdf_text(a, draw()), "73.1"));        /* struck through, where it stands */
    arena_free(a);
}

static int64_t report(const char *code, const char *result, const char *verdict)
{
    struct test_report *in = fresh("quality.test_report");
    *in = (struct test_report){.batch_id = "B-1", .code = code, .result = result, .method = "m", .sample_point = "p",
                               .sampled_at = b.now_ms, .tested_at = b.now_ms, .verdict = verdict, .file_seq = INTEGER_ABSENT};
    return add(B, "quality.test_report", MEANING_RECORDED, in)->entry.seq;
}

CASE(R25_an_invalidated_result_is_not_drawn)
{
    begin();
    add_step(1, NULL);
    report("viability", "91", "pass");
    int64_t seq = report("viability", "41", "fail");
    report("viability", "92", "pass");
    assert_non_null(strstr(trends(), "41"));
    struct oos_close *close = fresh("quality.oos_close");
    *close = (struct oos_close){"B-1", seq, "invalidated", "wrong stain", BOOLEAN_ABSENT};
    add(B, "quality.oos_close", MEANING_APPROVED, close);
    assert_true(strstr(trends(), "41") == NULL && strstr(trends(), "91") != NULL);
    arena_free(a);
}

CASE(paper_tells_in_full_what_page_one_only_counts)
{
    begin();
    const char *text = test_pdf_text(a, draw());
    assert_non_null(strstr(page(text, 1), "more: see Page one in full"));
    const char *rest = strstr(text, "\fPage one in full");
    rest = rest != NULL ? rest : strstr(strchr(text, '\f'), "Page one in full");
    assert_non_null(rest);
    struct matter m;
    assert_int_equal(matter_read(a, &b.d, &options, &m, &e), 0);
    assert_true(m.open_count > 6);
    for (size_t i = 0; i < m.open_count; i++)
        assert_non_null(strstr(rest, m.open_item[i]));
    arena_free(a);
}

CASE(R26_open_items_name_what_holds_the_batch)
{
    begin();
    add_step(1, NULL);
    report("cfu_f", "0", "fail");
    assert_null(strstr(test_pdf_text(a, draw()), "Out of specification: cfu_f"));
    report("viability", "41", "fail");
    assert_non_null(strstr(test_pdf_text(a, draw()), "Out of specification: viability, entry 4"));
    arena_free(a);
}

CASE(R31_T29_page_one_says_that_it_went_out_of_specification)
{
    begin();
    add_step(1, NULL);
    report("viability", "41", "fail");
    struct except_request *asked = fresh("release.except_request");
    asked->batch_id = "B-1";
    asked->recipient_code = "R-7";
    asked->hazard = "Without cells the patient dies within days";
    asked->alternatives = "None is there within the week";
    add(B, "release.except_request", MEANING_AUTHORED, asked);
    struct except_evaluate *evaluated = fresh("release.except_evaluate");
    *evaluated = (struct except_evaluate){.batch_id = "B-1", .evaluation = "Fewer cells live", .setting = "trial", .notify = "Sponsor A",
                                          .request_seq = INTEGER_ABSENT};
    struct kept_document *k = record_list_add(a, &record_kept_document, &evaluated->documents);
    k->title = "Risk analysis RA-7";
    k->document_sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    add(B, "release.except_evaluate", MEANING_APPROVED, evaluated);
    struct except_accept *accepted = fresh("release.except_accept");
    accepted->batch_id = "B-1";
    accepted->evaluation_seq = 5;
    add(B, "release.except_accept", MEANING_APPROVED, accepted);
    struct batch_release *release = fresh("release.release");
    release->batch_id = "B-1";
    release->exceptional = 1;
    release->accepted_seq = (int64_t)b.d.stream[B].count - 1;
    struct failed_test *f = record_list_add(a, &record_failed_test, &release->failed);
    *f = (struct failed_test){"viability", "Viability", 3, "41"};
    add(B, "release.release", MEANING_RELEASED, release);
    const char *text = test_pdf_text(a, draw()), *one = page(text, 1);
    assert_non_null(strstr(one, "Released out of specification"));
    assert_non_null(strstr(one, "exceptionally released"));
    assert_non_null(strstr(one, "out of specification, not certified: Viability 41"));
    assert_non_null(strstr(one, "Asked and accepted"));
    assert_null(strstr(one, "✓ Released"));
    assert_non_null(strstr(text, "released exceptionally"));
    assert_non_null(strstr(text, "Risk analysis RA-7"));
    arena_free(a);
}

CASE(gate_04_page_one_says_that_consent_is_withdrawn)
{
    begin();
    struct consent_withdraw *gone = fresh("source.consent_withdraw");
    gone->donor_id = "D-1";
    gone->withdrawn_at = b.now_ms;
    texts_add(a, &gone->scopes, "treatment");
    assert_null(strstr(test_pdf_text(a, draw()), "withdrawn"));
    add(D, "source.consent_withdraw", MEANING_PERFORMED, gone);
    const char *one = page(test_pdf_text(a, draw()), 1);
    assert_true(strstr(one, "The donor has withdrawn consent") != NULL && strstr(one, "Held, consent is withdrawn") != NULL);
    arena_free(a);
}

CASE(R14_page_one_says_that_the_donor_was_corrected_behind_the_release)
{
    begin();
    struct batch_release *release = fresh("release.release");
    struct donor_correct *in = fresh("source.donor_correct");
    release->batch_id = "B-1";
    release->evidence_seq = -1;
    add(B, "release.release", MEANING_RELEASED, release);
    *in = (struct donor_correct){.donor_id = "D-1", .corrects = 0, .field = "outcome", .old_value = "no_risk", .new_value = "risk_factor",
                                 .reason = "read from the wrong sheet", .act = "source.screening_record"};
    assert_null(strstr(test_pdf_text(a, draw()), "unsigned until reviewed"));
    add(D, "source.donor_correct", MEANING_CORRECTED, in);
    const char *one = page(test_pdf_text(a, draw()), 1);
    assert_non_null(strstr(one, "of D-1)"));             /* corrected by entry ... of D-1 */
    assert_non_null(strstr(one, "1 correction, c1: D-1 entry 1"));
    arena_free(a);
}

/* What is long is thinned for the eye; what is written beside it is of all values. */
CASE(paper_a_long_trend_keeps_its_highest_and_its_last)
{
    begin();
    for (int i = 0; i < 1000; i++)
        read_value(i == 777 ? "41.9" : i == 999 ? "36.6" : i % 2 == 0 ? "37.0" : "37.1");
    const char *text = trends();
    assert_true(strstr(text, "1000 values, one in 3 drawn") != NULL && strstr(text, "41.9") != NULL);
    assert_non_null(strstr(text, "2026-07-03"));             /* the last one's day */
    arena_free(a);
}

CASE(paper_too_long_leaves_out_the_list_of_entries)
{
    begin();
    for (int i = 0; i < 300; i++)
        read_value("37.1");
    struct bytes whole = draw();
    options.bytes_max = whole.len - 1;
    struct bytes brief = draw();
    assert_true(brief.len < whole.len);
    assert_non_null(strstr(test_pdf_text(a, brief), "list of the 301 entries is left out"));
    assert_non_null(strstr(test_pdf_text(a, brief), "complete: entries 1 to 301"));
    arena_free(a);
}

/* Five weeks, a reading every ten minutes: the paper still fits what the signer takes. */
CASE(paper_of_a_long_batch_fits_its_signer)
{
    begin();
    for (int i = 0; i < 5000; i++)
        read_value(arena_printf(a, "37.%d", i % 7));
    options.bytes_max = 350000;
    struct bytes brief = draw();
    assert_true(brief.len <= options.bytes_max);
    const char *text = test_pdf_text(a, brief);
    assert_non_null(strstr(text, "list of the 5001 entries is left out"));
    assert_non_null(strstr(text, "list of the 5000 readings is left out"));
    assert_non_null(strstr(text, "5000 values, one in 13 drawn"));
    arena_free(a);
}

CASE(paper_too_long_for_its_signer_is_refused_by_name)
{
    struct bytes pdf;
    begin();
    options.bytes_max = 1000;
    assert_int_equal(paper_draw(a, &b.d, &options, &pdf, &e), ERR_PAPER_TOO_LONG);
    arena_free(a);
}

CASE(paper_of_what_is_no_batch_is_refused)
{
    struct bytes pdf;
    begin();
    b.d.subject = "D-1";
    assert_true(paper_draw(a, &b.d, &options, &pdf, &e) > 0);

    arena_free(a);
}

CASE(R12_a_corrected_dose_stands_struck_beside_the_new_and_says_what_it_shows)
{
    begin();
    add_step(1, NULL);
    struct administer *given = fresh("custody.administer");
    given->batch_id = "B-1";
    given->recipient_code = "R-1";
    given->donation_number = "A999926000001";
    given->weight_kg = "70.0";
    given->route = "intravenous";
    given->site = "left forearm of Ada";
    given->imaging = "none";
    given->started_at = given->ended_at = b.now_ms;
    given->adverse_event = 0;
    given->dose_cells = "630000000";
    given->dose_cells_per_kg = "9000000";
    *(struct dose_container *)record_list_add(a, &record_dose_container, &given->containers) = (struct dose_container){"K1", "6.3", "0.7"};
    int64_t at = add(B, "custody.administer", MEANING_PERFORMED, given)->entry.seq;
    static const char *const put[][3] = {{"weight_kg", "70.0", "35.0"}, {"site", "left forearm of Ada", "right forearm of Ada"}};
    for (size_t i = 0; i < 2; i++) {
        struct custody_correct *in = fresh("custody.correct");
        in->batch_id = "B-1";
        in->corrects = at;
        in->field = put[i][0];
        in->old_value = put[i][1];
        in->new_value = put[i][2];
        in->reason = "copied from another chart";
        in->act = "custody.administer";
        in->dose_cells = "630000000";
        in->dose_cells_per_kg = "18000000";
        texts_add(a, &in->findings, "expired");
        add(B, "custody.correct", MEANING_CORRECTED, in);
    }
    const char *text = test_pdf_text(a, draw());
    assert_true(strstr(text, "35.0") != NULL && strstr(text, "right") != NULL && strstr(text, "as it stands") != NULL);
    assert_non_null(strstr(text, "expired"));
    options.redacted = true;
    assert_null(strstr(test_pdf_text(a, draw()), "Ada"));
    arena_free(a);
}
