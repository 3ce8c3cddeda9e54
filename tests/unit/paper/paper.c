/* The readable paper: the same bytes again, every page as it must be, nothing cut, nothing withheld by mistake or shown. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/zone.h"
#include "contract/contract.h"
#include "paper/matter.h"
#include "paper/table.h"

#define FONTS "/usr/share/fonts/truetype/dejavu"
#define STREAM_ENTRIES 400

enum { B, C, D, P, Q, U, STREAMS };

static struct arena *a;
static struct err e;
static struct dossier dossier;
static struct dossier_stream stream[STREAMS];
static int64_t now_ms;
static struct paper_options options;

static struct dossier_entry *add(int which, const char *type, enum meaning meaning, const void *record)
{
    struct dossier_stream *s = &stream[which];
    struct dossier_entry *x = &s->entry[s->count];
    struct buf body = buf_new(a);
    record_to_json(&body, verb_find(type)->in, record, RECORD_STATEMENT);
    buf_char(&body, '\n');
    x->entry.seq = (int64_t)s->count++;
    x->entry.time_ms = now_ms += 60000;
    x->statement = (struct statement){.type = type, .stream = s->id, .actor = "U-1", .terminal = "T-1", .signer = "U-1",
                                      .signer_cert = "ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01",
                                      .meaning = meaning, .body = {(const uint8_t *)body.text, body.len}};
    return x;
}

static void *fresh(const char *type)
{
    return record_new(a, verb_find(type)->in);
}

static const char *seed(const char *name)
{
    json_t *root = json_load_file(arena_printf(a, "%s/%s", STEMMA_SEED, name), 0, NULL);
    assert_non_null(root);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(a, text);
    free(text);
    json_decref(root);
    return kept;
}

static void add_documents(void)
{
    struct procedure_author *p = fresh("batch.procedure_author");
    struct specification_author *q = fresh("quality.specification_author");
    p->procedure_id = "P-BMAC";
    q->specification_id = "Q-BMAC";
    p->version = q->version = 1;
    p->document = seed("procedure_bmac.json");
    q->document = seed("specification_bmac.json");
    add(P, "batch.procedure_author", MEANING_AUTHORED, p);
    add(Q, "quality.specification_author", MEANING_AUTHORED, q);
}

static void add_step(int no, const char *reason)
{
    struct batch_step *step = fresh("batch.step");
    struct step_value *v = record_list_add(a, &record_step_value, &step->values);
    v->name = "marrow_ml";
    v->value = "60.0";
    step->batch_id = "B-1";
    step->step = no;
    step->started_at = step->ended_at = now_ms;
    step->reason = reason;
    add(B, "batch.step", MEANING_PERFORMED, step);
}

/* A batch of one step by Nora Quist, with a remark in free text. */
static void begin(void)
{
    static const char *const ids[STREAMS] = {"B-1", "C-1", "D-1", "P-BMAC", "Q-BMAC", "U-1"};
    struct batch_open *open;
    struct person_enrol *person;
    a = arena_new((size_t)512 << 20);
    for (int i = 0; i < STREAMS; i++)
        stream[i] = (struct dossier_stream){ids[i], true, ARENA_ARRAY(a, struct dossier_entry, STREAM_ENTRIES), 0};
    dossier = (struct dossier){.subject = "B-1", .stream = stream, .stream_count = STREAMS, .size = 900, .heads.size = 899};
    clock_from_text("2026-07-02T08:00:00.000Z", 24, &now_ms);
    options = (struct paper_options){FONTS, now_ms + 86400000, false, 0};
    assert_int_equal(zone_set("Europe/Vienna", &e), 0);
    add_documents();
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
    if (paper_draw(a, &dossier, &options, &pdf, &e) != 0)
        fail_msg("%s", e.text);
    return pdf;
}

/* What a reader of the PDF would read, by poppler; NULL where it is not installed. */
static const char *text_of(struct bytes pdf)
{
    char path[] = "/tmp/stemma-paper-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, pdf.data, pdf.len) == (ssize_t)pdf.len);
    close(fd);
    const char *out = arena_printf(a, "%s.txt", path);
    pid_t child = fork();
    if (child == 0) {
        execlp("pdftotext", "pdftotext", "-layout", path, out, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    char *text = test_read(out, NULL);
    const char *kept = text == NULL ? NULL : arena_text(a, text);
    free(text);
    unlink(path);
    unlink(out);
    if (WEXITSTATUS(status) == 127)
        test_skip_without("pdftotext");
    assert_int_equal(WEXITSTATUS(status), 0);
    return kept;
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
    const char *text = text_of(draw()), *end = strchr(text, '\f');
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
    assert_non_null(strstr(text_of(draw()), "10:04:00+02:00"));      /* opened at 08:04 UTC, in summer */
    assert_int_equal(zone_set("America/Caracas", &e), 0);
    assert_non_null(strstr(text_of(draw()), "04:04:00-04:00"));
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
    const char *text = text_of(draw());
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
    *deviation = (struct deviation_open){"B-1", "major", kept, now_ms};
    for (int i = 0; i < 3; i++)
        add(B, "quality.deviation_open", MEANING_PERFORMED, deviation);
    const char *text = text_of(draw());
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
    const char *open = text_of(draw());
    assert_true(strstr(open, "Nora Quist") != NULL && strstr(open, "told by the ward") != NULL && strstr(open, "spilled") != NULL);
    options.redacted = true;
    const char *text = text_of(draw());
    assert_true(strstr(text, "Nora") == NULL && strstr(text, "told by") == NULL && strstr(text, "spilled") == NULL);
    assert_true(strstr(text, "U-1") != NULL && strstr(text, "[withheld]") != NULL && strstr(text, "ab01ab01") != NULL);
    arena_free(a);
}

CASE(paper_markup_in_the_record_is_only_text)
{
    begin();
    add_step(1, "<b>bold</b> & <span size=\"99999\">huge</span>");
    assert_non_null(strstr(text_of(draw()), "<b>bold</b> & <span"));
    arena_free(a);
}

CASE(paper_corrected_value_stands_struck_beside_the_new)
{
    begin();
    add_step(1, NULL);
    struct matter f;
    assert_int_equal(matter_read(a, &dossier, &options, &f, &e), 0);
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
    const char *text = text_of(draw());
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
    const char *text = text_of(draw()), *one = page(text, 1);
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
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
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
    assert_non_null(strstr(text_of(draw()), "as Ben said"));
    options.redacted = true;
    const char *text = text_of(draw());
    assert_true(strstr(text, "Ada") == NULL && strstr(text, "as Ben") == NULL);
    assert_non_null(strstr(text, "Corrections"));
    arena_free(a);
}

CASE(paper_numbers_are_grouped_and_words_are_not)
{
    struct matter m;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
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
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
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
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
    assert_string_equal(matter_span(&m, now_ms, now_ms + 60000), "2026-07-02\u00a010:05 to 10:06+02:00");
    assert_non_null(strstr(matter_span(&m, now_ms, now_ms + 86400000), "2026-07-03"));
    arena_free(a);
}

/* The night the clocks go back an hour: 02:30 is there twice, so both keep their offset. */
CASE(T15_a_span_over_the_change_of_clocks_keeps_both_offsets)
{
    struct matter m;
    int64_t from;
    begin();
    add_step(1, NULL);
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
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
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
    assert_string_equal(m.state, "released");
    correct_step("60.0", "66.0", "misread");
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
    assert_string_equal(m.state, "on_hold");
    add(B, "quality.hold_end", MEANING_APPROVED, hold_end);
    assert_int_equal(matter_read(a, &dossier, &options, &m, &e), 0);
    assert_string_equal(m.state, "in_test");
    arena_free(a);
}

/* A text that cannot be set would leave an empty place: then there is no paper. */
CASE(paper_text_that_cannot_be_set_is_a_fault)
{
    struct bytes pdf;
    begin();
    add_step(1, "half a character: \xc3");
    assert_true(paper_draw(a, &dossier, &options, &pdf, &e) != 0);
    arena_free(a);
}

CASE(paper_trend_needs_two_values)
{
    begin();
    struct batch_reading *r = fresh("batch.reading");
    *r = (struct batch_reading){"B-1", "E-INCUBATOR", "temperature_c", "37.1", now_ms};
    add(B, "batch.reading", MEANING_RECORDED, r)->statement.signer_cert = NULL;
    assert_null(strstr(text_of(draw()), "Trends"));
    r->value = "36.8";
    r->read_at += 3600000;
    add(B, "batch.reading", MEANING_RECORDED, r)->statement.signer_cert = NULL;
    assert_non_null(strstr(text_of(draw()), "Trends"));
    arena_free(a);
}

CASE(paper_too_long_leaves_out_the_list_of_entries)
{
    begin();
    for (int i = 0; i < 300; i++) {
        struct batch_reading *r = fresh("batch.reading");
        *r = (struct batch_reading){"B-1", "E-INCUBATOR", "temperature_c", "37.1", now_ms};
        add(B, "batch.reading", MEANING_RECORDED, r)->statement.signer_cert = NULL;
    }
    struct bytes whole = draw();
    options.bytes_max = whole.len - 1;
    struct bytes brief = draw();
    assert_true(brief.len < whole.len);
    assert_non_null(strstr(text_of(brief), "left out"));
    assert_non_null(strstr(text_of(brief), "complete: entries 1 to 301"));
    arena_free(a);
}

CASE(paper_of_what_is_no_batch_is_refused)
{
    struct bytes pdf;
    begin();
    dossier.subject = "D-1";
    assert_true(paper_draw(a, &dossier, &options, &pdf, &e) > 0);

    arena_free(a);
}
