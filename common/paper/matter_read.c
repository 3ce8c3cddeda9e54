/* Reading the dossier's statements. */
#include <stdlib.h>
#include <string.h>

#include "domain/specification_value.h"
#include "domain/shipment.h"
#include "paper/matter.h"
#include "paper/sheet.h"

static bool read_entry(struct matter *f, const struct dossier_entry *entry, void *record)
{
    struct recompute_case c = {f->a, f->d, f->batch, entry, &f->memory};
    struct err e;
    return recompute_read(&c, entry, record, &e) == 0;
}

const struct dossier_entry *matter_next(struct matter *f, const char *type, size_t *at, void *record)
{
    while (*at < f->batch->count) {
        const struct dossier_entry *entry = &f->batch->entry[(*at)++];
        if (strcmp(entry->statement.type, type) == 0 && (record == NULL || read_entry(f, entry, record)))
            return entry;
    }
    return NULL;
}

bool matter_of(struct matter *f, const char *stream, const char *type, void *record)
{
    const struct dossier_entry *entry = stream == NULL ? NULL : recompute_last(dossier_stream(f->d, stream), type, INT64_MAX);
    return entry != NULL && read_entry(f, entry, record);
}

/* ---- people */

static void name_person(struct matter *f, struct matter_person *p)
{
    struct person_enrol enrolled;
    struct person_found founder;
    if (matter_of(f, p->id, "access.person_enrol", &enrolled)) {
        p->name = enrolled.name;
        p->roles = TEXTS_AT(enrolled.roles, 0);
        for (size_t i = 1; i < enrolled.roles.count; i++)
            p->roles = arena_printf(f->a, "%s, %s", p->roles, TEXTS_AT(enrolled.roles, i));
    } else if (matter_of(f, p->id, "access.person_found", &founder)) {
        p->name = founder.name;
        p->roles = TEXTS_AT(founder.roles, 0);
    }
    if (f->options->redacted)
        p->name = NULL;
}

static struct matter_person *person_of(struct matter *f, const char *id)
{
    for (size_t i = 0; i < f->person_count; i++)
        if (strcmp(f->person[i].id, id) == 0)
            return &f->person[i];
    struct matter_person *p = &f->person[f->person_count++];
    *p = (struct matter_person){.id = id};
    name_person(f, p);
    return p;
}

/* Everybody whose stream is here, and everybody who acted on the batch. */
static void read_people(struct matter *f)
{
    f->person = ARENA_ARRAY(f->a, struct matter_person, f->d->stream_count + f->batch->count + 1);
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct statement *s = &f->batch->entry[i].statement;
        if (!statement_is_act(s))
            continue;
        struct matter_person *p = person_of(f, s->actor);
        p->acts++;
        p->meanings |= 1u << s->meaning;
        p->certificate = s->signer_cert;
    }
    for (size_t i = 0; i < f->d->stream_count; i++)
        if (f->d->stream[i].id[0] == 'U' && f->d->stream[i].id[1] == '-')
            person_of(f, f->d->stream[i].id);
}

const struct dossier_entry *matter_fill(struct matter *f, struct batch_fill *ret)
{
    const struct dossier_entry end = {.entry.seq = INT64_MAX}, *filled;
    const struct recompute_case c = {f->a, f->d, f->batch, &end, &f->memory};
    struct err ignored;
    return recompute_fill(&c, ret, &filled, &ignored) == 0 ? filled : NULL;
}

/* ---- corrections: any act of that meaning whose record has these fields, so that a new kind is shown without a line here */

static const char *text_field(const struct record_type *type, const void *record, const char *name)
{
    int i = record_field(type, name, strlen(name));
    const char *text = NULL;
    if (i >= 0 && (type->fields[i].kind == FIELD_TEXT || type->fields[i].kind == FIELD_DECIMAL || type->fields[i].kind == FIELD_WORD))
        memcpy(&text, record_at_const(type, (size_t)i, record), sizeof text);
    return text;
}

static int64_t number_field(const struct record_type *type, const void *record, const char *name)
{
    int i = record_field(type, name, strlen(name));
    int64_t n = -1;
    if (i >= 0 && type->fields[i].kind == FIELD_INTEGER && !record_is_absent(type, (size_t)i, record))
        memcpy(&n, record_at_const(type, (size_t)i, record), sizeof n);
    return n;
}

static const struct list *rows_field(const struct record_type *type, const void *record, const char *name,
                                     const struct record_type **ret_type)
{
    int i = record_field(type, name, strlen(name));
    if (i < 0 || type->fields[i].kind != FIELD_LIST)
        return NULL;
    *ret_type = type->fields[i].rows;
    return record_at_const(type, (size_t)i, record);
}

/* ${stream} NULL: the batch's own; ${outer}: what ${record} is a part of, NULL */
static void add_correction(struct matter *f, const char *stream, const struct dossier_entry *entry, const struct record_type *type,
                           const void *record, const struct matter_correction *outer)
{
    const char *field = text_field(type, record, outer == NULL ? "field" : "name");
    int64_t corrects = outer != NULL ? -1 : number_field(type, record, "corrects"), test = number_field(type, record, "test_seq");
    if (field == NULL && test >= 0) {
        field = "result";
        corrects = test;
    }
    struct matter_correction *grown = ARENA_ARRAY(f->a, struct matter_correction, f->correction_count + 1);
    int64_t step = number_field(type, record, "step");
    if (field == NULL)
        return;
    if (f->correction_count > 0)
        memcpy(grown, f->correction, f->correction_count * sizeof *grown);
    f->corrections += outer == NULL;
    grown[f->correction_count++] = (struct matter_correction){
        .no = f->corrections, .follows = outer != NULL, .seq = entry->entry.seq, .corrects = corrects, .step = step,
        .field = field, .old_value = text_field(type, record, "old_value"), .new_value = text_field(type, record, "new_value"),
        .reason = outer != NULL ? outer->reason : text_field(type, record, "reason"), .actor = entry->statement.actor,
        .time_ms = entry->entry.time_ms, .stream = stream};
    f->correction = grown;
}

/* A test's result in truth, and what it is judged to be. */
static void correct_test(struct matter *f, const struct record_type *type, const void *record)
{
    int64_t seq = number_field(type, record, "test_seq");
    for (size_t i = 0; i < f->test_count && seq >= 0; i++)
        if (f->test[i].entry->entry.seq == seq) {
            f->test[i].report.result = text_field(type, record, "new_value");
            f->test[i].report.reported = text_field(type, record, "reported");
            f->test[i].report.verdict = text_field(type, record, "verdict");
        }
}

static int by_entry(const void *x, const void *y)
{
    const struct matter_lapsed *p = x, *q = y;
    return (p->entry > q->entry) - (p->entry < q->entry);
}

/* What stands as unsigned now, by the verifier's own reading. */
static int read_lapsed(struct matter *f, struct err *e)
{
    const struct dossier_entry end = {.entry.seq = INT64_MAX};      /* behind the last entry there is */
    const struct recompute_case c = {f->a, f->d, f->batch, &end, &f->memory};
    struct list rows = {NULL, 0};
    int rc = recompute_unsigned(&c, &rows, e);
    rc = rc != 0 ? rc : recompute_unsigned_elsewhere(&c, &rows, e);
    f->lapsed = ARENA_ARRAY(f->a, struct matter_lapsed, rows.count + 1);
    for (size_t i = 0; i < rows.count && rc == 0; i++) {
        const struct unsigned_row *row = LIST_AT(rows, const struct unsigned_row, i);
        size_t k = 0;
        while (k < f->lapsed_count && (f->lapsed[k].entry != row->entry || f->lapsed[k].in != row->corrected_in))
            k++;
        f->lapsed[k] = (struct matter_lapsed){row->entry, row->corrected_by, row->corrected_in};
        f->lapsed_count += k == f->lapsed_count;
    }
    if (f->lapsed_count > 1)
        qsort(f->lapsed, f->lapsed_count, sizeof *f->lapsed, by_entry);
    return rc;
}

/* The steps as they stand, by the verifier's own reading; without them they are shown as recorded. */
static void read_stands(struct matter *f)
{
    const struct dossier_entry end = {.entry.seq = INT64_MAX};
    const struct recompute_case c = {f->a, f->d, f->batch, &end, &f->memory};
    struct procedure *doc;
    struct err ignored;
    if (f->correction_count == 0 || recompute_steps(&c, &doc, &f->stands, &f->stand_count, &ignored) != 0)
        f->stand_count = 0;
}

/* what was corrected of the batch's donor or collection, after the batch's own corrections */
static void read_corrections_of(struct matter *f, const char *stream)
{
    const struct dossier_stream *s = dossier_stream(f->d, stream);
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        const struct dossier_entry *entry = &s->entry[i];
        const struct verb_row *verb = entry->statement.meaning == MEANING_CORRECTED ? verb_find(entry->statement.type) : NULL;
        void *record = verb == NULL ? NULL : record_new(f->a, verb->in);
        if (record != NULL && read_entry(f, entry, record))
            add_correction(f, s->id, entry, verb->in, record, NULL);
    }
}

static void read_corrections(struct matter *f)
{
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct dossier_entry *entry = &f->batch->entry[i];
        const struct verb_row *verb = entry->statement.meaning == MEANING_CORRECTED ? verb_find(entry->statement.type) : NULL;
        void *record = verb == NULL ? NULL : record_new(f->a, verb->in);
        const struct record_type *row;
        if (record == NULL || !read_entry(f, entry, record))
            continue;
        add_correction(f, NULL, entry, verb->in, record, NULL);
        correct_test(f, verb->in, record);
        const struct list *list = rows_field(verb->in, record, "computed", &row);
        struct matter_correction outer = f->correction_count > 0 ? f->correction[f->correction_count - 1] : (struct matter_correction){0};
        for (size_t k = 0; list != NULL && k < list->count; k++)
            add_correction(f, NULL, entry, row, (const char *)list->items + k * row->size, &outer);
    }
    read_corrections_of(f, f->open.donor_id);
    read_corrections_of(f, f->open.collection_id);
    read_stands(f);
}

/* ---- tests */

/* What could not be evaluated stands until the test is reported again. */
static bool is_again(const struct matter *f, size_t i)
{
    const struct test_report *t = &f->test[i].report;
    for (size_t k = i + 1; k < f->test_count; k++)
        if (strcmp(f->test[k].report.code, t->code) == 0)
            return t->verdict != NULL && strcmp(t->verdict, verdict_words[VERDICT_CANNOT_EVALUATE]) == 0;
    return false;
}

static void read_tests(struct matter *f)
{
    size_t at = 0;
    struct test_report report;
    const struct dossier_entry *entry;
    f->test = ARENA_ARRAY(f->a, struct matter_test, f->batch->count);
    while ((entry = matter_next(f, "quality.test_report", &at, &report)) != NULL)
        f->test[f->test_count++] = (struct matter_test){.entry = entry, .report = report};
    for (size_t i = 0; i < f->test_count; i++) {
        struct matter_test *t = &f->test[i];
        struct test_review review;
        struct oos_close closed;
        t->is_again = is_again(f, i);
        for (at = 0; (entry = matter_next(f, "quality.test_review", &at, &review)) != NULL;)
            t->review = review.test_seq == t->entry->entry.seq ? entry : t->review;
        for (at = 0; matter_next(f, "quality.oos_close", &at, &closed) != NULL;)
            if (closed.test_seq == t->entry->entry.seq)
                t->is_invalid |= strcmp(closed.conclusion, "invalidated") == 0;
    }
}

/* The specification's verdict over what counts, as the gate has it. */
static void judge(struct matter *f)
{
    struct specification_result *result = ARENA_ARRAY(f->a, struct specification_result, f->test_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->test_count; i++) {
        const struct matter_test *t = &f->test[i];
        if (t->is_invalid || t->is_again)
            continue;
        result[n] = (struct specification_result){.code = t->report.code, .sample_point = t->report.sample_point,
                                                  .method = t->report.method, .read_day = -1};
        result[n].values = result_values(f->a, t->review != NULL ? t->report.result : "pending", &result[n].value_count);
        n++;
    }
    specification_outcome(f->a, f->specification, result, n, &f->outcome);
}

/* ---- standing */

static const void *record_of(struct matter *f, const struct dossier_entry *entry)
{
    const struct verb_row *verb = verb_find(entry->statement.type);
    void *record = verb == NULL ? NULL : record_new(f->a, verb->in);
    return record != NULL && read_entry(f, entry, record) ? record : NULL;
}

static void read_standing(struct matter *f)
{
    const struct dossier_stream *donor = dossier_stream(f->d, f->open.donor_id);
    standing_begin(f->a, f->specification, f->batch->count, &f->standing);
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct dossier_entry *entry = &f->batch->entry[i];
        standing_take(&f->standing, entry->entry.seq, entry->statement.type, record_of(f, entry));
        if (f->standing.decision == entry->entry.seq)
            f->decision = entry;
    }
    for (size_t i = 0; donor != NULL && i < donor->count; i++)
        standing_take_donor(&f->standing, donor->entry[i].statement.type, record_of(f, &donor->entry[i]));
}

static void add_open(struct matter *f, const char *text)
{
    f->open_item[f->open_count++] = text;
}

static bool is_step_done(struct matter *f, const char *type, int no)
{
    struct batch_step step;
    struct step_verify verify;
    bool is_verify = strcmp(type, "batch.step_verify") == 0;
    for (size_t at = 0; matter_next(f, type, &at, is_verify ? (void *)&verify : (void *)&step) != NULL;)
        if ((is_verify ? verify.step : step.step) == no)
            return true;
    return false;
}

static bool is_deviation_closed(struct matter *f, const struct dossier_entry *opened)
{
    struct deviation_close closed;
    for (size_t k = 0; matter_next(f, "quality.deviation_close", &k, &closed) != NULL;)
        if (closed.deviation_seq == opened->entry.seq)
            return true;
    return false;
}

/* a failure after the release opened a deviation too, and left tasks */
static void open_failure(struct matter *f, const struct dossier_entry *entry, int64_t test_seq, size_t left)
{
    struct task_done done;
    if (left == 0)
        return;
    for (size_t k = 0; matter_next(f, "quality.task_done", &k, &done) != NULL;)
        left -= done.test_seq == test_seq && left > 0;
    if (!is_deviation_closed(f, entry))
        add_open(f, arena_printf(f->a, "The deviation of entry %lld (critical, failed after the release) is open", (long long)entry->entry.seq + 1));
    if (left > 0)
        add_open(f, arena_printf(f->a, "%zu tasks of the failure of entry %lld are open", left, (long long)test_seq + 1));
}

static void open_failures(struct matter *f)
{
    struct test_report report;
    struct test_correct correct;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "quality.test_report", &at, &report)) != NULL;)
        open_failure(f, entry, entry->entry.seq, report.tasks.count);
    for (size_t at = 0; (entry = matter_next(f, "quality.test_correct", &at, &correct)) != NULL;)
        open_failure(f, entry, correct.test_seq, correct.tasks.count);
}

bool matter_deviation(struct matter *f, const struct dossier_entry *entry, struct deviation_open *ret)
{
    struct container_loss lost;
    struct ship_receive arrived;
    struct ship_unpack unpacked;
    const char *type = entry->statement.type;
    if (strcmp(type, "quality.deviation_open") == 0)
        return read_entry(f, entry, ret);
    if (strcmp(type, "custody.ship_receive") == 0) {
        if (!read_entry(f, entry, &arrived) || !shipment_is_quarantined(&arrived))
            return false;
        *ret = (struct deviation_open){arrived.batch_id, arrived.deviation_class, shipment_deviation(f->a, &arrived), arrived.arrived_at, NULL};
        return true;
    }
    if (strcmp(type, "custody.ship_unpack") == 0) {
        if (!read_entry(f, entry, &unpacked) || !shipment_unpack_is_held(&unpacked))
            return false;
        *ret = (struct deviation_open){unpacked.batch_id, unpacked.deviation_class, shipment_unpack_deviation(f->a, &unpacked),
                                       shipment_unpacked_ms(&unpacked, entry->statement.at_ms), NULL};
        return true;
    }
    if (strcmp(type, "custody.container_loss") != 0 || !read_entry(f, entry, &lost))
        return false;
    *ret = (struct deviation_open){lost.batch_id, lost.deviation_class, lost.text, lost.aware_at, NULL};
    return true;
}

static void open_deviations(struct matter *f)
{
    struct deviation_open deviation;
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct dossier_entry *entry = &f->batch->entry[i];
        if (matter_deviation(f, entry, &deviation) && !is_deviation_closed(f, entry))
            add_open(f, arena_printf(f->a, "Deviation of entry %lld (%s) is open", (long long)entry->entry.seq + 1,
                                     deviation.deviation_class));
    }
}

/* One item a correction: which entries it left unsigned. */
static void open_lapsed(struct matter *f)
{
    for (size_t i = 0; i < f->lapsed_count; i++) {
        struct buf b = buf_new(f->a);
        size_t n = 0;
        bool is_said = false;
        for (size_t k = 0; k < f->lapsed_count; k++) {
            bool same = f->lapsed[k].by == f->lapsed[i].by && f->lapsed[k].in == f->lapsed[i].in;
            is_said |= k < i && same;
            if (same)
                buf_printf(&b, "%s%lld", n++ == 0 ? "" : ", ", (long long)f->lapsed[k].entry + 1);
        }
        if (!is_said)
            add_open(f, arena_printf(f->a, n == 1 ? "Entry %s stands as unsigned until reviewed (corrected by entry %lld%s%s)"
                                                  : "Entries %s stand as unsigned until reviewed (corrected by entry %lld%s%s)",
                                     b.text, (long long)f->lapsed[i].by + 1, f->lapsed[i].in != NULL ? " of " : "",
                                     f->lapsed[i].in != NULL ? f->lapsed[i].in : ""));
    }
}

static void read_open_items(struct matter *f)
{
    size_t steps = f->procedure->steps.count;
    f->open_item = ARENA_ARRAY(f->a, const char *, 2 * steps + 3 * f->batch->count + f->outcome.line_count + f->lapsed_count + 5);
    open_lapsed(f);
    if (f->standing.is_held)
        add_open(f, "The donor has withdrawn consent: what is in the house is held");
    for (int no = 1; no <= (int)steps; no++) {
        bool performed = is_step_done(f, "batch.step", no);
        if (!performed)
            add_open(f, arena_printf(f->a, "Step %d is not performed", no));
        else if (procedure_step(f->procedure, no)->verify && !is_step_done(f, "batch.step_verify", no))
            add_open(f, arena_printf(f->a, "Step %d is not verified by a second person", no));
    }
    for (size_t i = 0; i < f->outcome.line_count; i++) {
        const struct specification_line *line = &f->outcome.lines[i];
        if (line->state != TEST_PASS && line->state != TEST_COVERED)
            add_open(f, arena_printf(f->a, "%s: %s", sheet_escape(f->a, line->test->title),
                                     matter_words(f, test_state_words[line->state])));
    }
    for (size_t i = 0; i < f->standing.test_count; i++) {
        const struct standing_test *t = &f->standing.test[i];
        if (t->has_case && !t->is_closed)
            add_open(f, arena_printf(f->a, "Out of specification: %s, entry %lld", sheet_escape(f->a, t->code),
                                     (long long)t->seq + 1));
    }
    open_deviations(f);
    open_failures(f);
    if (f->decision == NULL)
        add_open(f, "Neither released nor rejected");
}

#define CHANGED_NAMED_MAX 4

/* R41 (Annex 11 8.2): a print that supports a release says whether data was changed since its original entry. */
static void read_changed(struct matter *f)
{
    struct buf b = buf_new(f->a);
    size_t n = f->corrections, named = 0;
    if (n == 0) {
        f->changed = "nothing";
        return;
    }
    buf_printf(&b, n == 1 ? "%zu correction, c1" : "%zu corrections, c1 to c%zu", n, n);
    for (size_t i = 0; i < f->correction_count && named < CHANGED_NAMED_MAX; i++)
        if (!f->correction[i].follows)
            buf_printf(&b, "%s%s", named++ == 0 ? ": " : "; ", matter_what(f, &f->correction[i]));
    if (n > named)
        buf_printf(&b, " and %zu more", n - named);
    if (f->correction_count > n)
        buf_printf(&b, "; %zu computed value%s follow%s", f->correction_count - n, f->correction_count - n == 1 ? "" : "s",
                   f->correction_count - n == 1 ? "s" : "");
    f->changed = b.text;
}

int matter_read(struct arena *a, const struct dossier *d, const struct paper_options *options, struct matter *ret,
               struct err *e)
{
    *ret = (struct matter){.a = a, .d = d, .options = options, .batch = dossier_stream(d, d->subject)};
    if (ret->batch == NULL || ret->batch->count == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "subject", "", "%.40s is not in the dossier", d->subject);
    struct recompute_case c = {a, d, ret->batch, &ret->batch->entry[0], &ret->memory};
    int rc = recompute_open(&c, &ret->open, e);
    if (rc == 0)
        rc = recompute_procedure(&c, &ret->open, &ret->procedure, e);
    if (rc == 0)
        rc = recompute_specification(&c, &ret->open, &ret->specification, e);
    if (rc != 0)
        return rc;
    record_init(&record_collection_record, &ret->collection);
    record_init(&record_donor_register, &ret->donor);
    matter_of(ret, ret->open.collection_id, "source.collection_record", &ret->collection);
    matter_of(ret, ret->open.donor_id, "source.donor_register", &ret->donor);
    read_people(ret);
    read_tests(ret);
    read_corrections(ret);
    rc = read_lapsed(ret, e);
    if (rc != 0)
        return rc;
    judge(ret);
    read_standing(ret);
    read_changed(ret);
    read_open_items(ret);
    return 0;
}
