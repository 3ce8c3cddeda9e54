/* The page that a person can read alone. It stays one page: what is long is counted and told in full further on. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/tsp.h"
#include "ledger/note.h"
#include "ledger/stamps.h"
#include "ledger/stream.h"
#include "paper/chapters.h"
#include "paper/table.h"

#define LABEL_WIDTH 104.0
#define SIGNERS_MAX 9
#define OPEN_MAX 6
#define FAILED_MAX 3

/* One line of the fact sheet. */
static void pair(struct sheet *s, const char *label, const char *markup)
{
    double height;
    sheet_at(s, FACE_SMALL, SHEET_LEFT, s->y + 1.2, LABEL_WIDTH - 8, label);
    height = sheet_at(s, FACE_TEXT, SHEET_LEFT + LABEL_WIDTH, s->y, SHEET_SPAN - LABEL_WIDTH, markup);
    s->y += height + 2.4;
}

static void part(struct sheet *s, const char *title)
{
    s->y += 6;
    sheet_line(s, (double[]){SHEET_LEFT, s->y, SHEET_RIGHT, s->y}, 0.5, INK_RULE);
    s->y += 4;
    s->y += sheet_at(s, FACE_SECTION, SHEET_LEFT, s->y, SHEET_SPAN,
                     arena_printf(s->arena, "<span color=\"%s\">%s</span>", sheet_ink_hex(INK_ACCENT), title)) + 3;
}

static void masthead(struct sheet *s, const struct matter *f)
{
    s->y = 42;
    sheet_at(s, FACE_HEAD, SHEET_LEFT, s->y, SHEET_SPAN,
             f->options->redacted ? "BATCH RECORD, REDACTED COPY FOR READING" : "BATCH RECORD, COPY FOR READING");
    s->y += 12;
    s->y += sheet_at(s, FACE_TITLE, SHEET_LEFT, s->y, SHEET_SPAN, f->d->subject);
    s->y += sheet_at(s, FACE_TEXT, SHEET_LEFT, s->y, SHEET_SPAN,
                     arena_printf(f->a, "<b>%s</b>  ·  %s", sheet_escape(f->a, f->procedure->product),
                                  sheet_escape(f->a, f->procedure->title))) + 8;
}

/* A withdrawn consent stops what is still in the house; of what has left it, the open item alone speaks. */
static bool is_held(const struct matter *f)
{
    static const char *const gone[] = {"rejected", "handed_over", "received", "cond_handed_over", "cond_received", "failed_handed_over",
                                       "failed_received", "except_handed_over", "except_received"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (strcmp(f->standing.state, gone[i]) == 0)
            return false;
    return f->standing.is_held;
}

/* released with tests pending; released, and failed since: wherever the containers are by now */
static bool is_conditional(const struct matter *f)
{
    return strncmp(f->standing.state, "cond_", 5) == 0;
}

/* out of specification, as a physician asked and accepted */
static bool is_exceptional(const struct matter *f)
{
    return strncmp(f->standing.state, "except_", 7) == 0;
}

static bool is_failed(const struct matter *f)
{
    return strncmp(f->standing.state, "failed_", 7) == 0;
}

static enum ink verdict_ink(const struct matter *f)
{
    if (strcmp(f->standing.state, "rejected") == 0 || is_held(f) || is_failed(f))
        return INK_BAD;
    if (is_conditional(f) || is_exceptional(f) || (f->decision != NULL && matter_is_lapsed(f, f->decision->entry.seq)))
        return INK_WARN;
    if (f->decision != NULL)
        return INK_GOOD;
    return strcmp(f->standing.state, "on_hold") == 0 ? INK_BAD : INK_WARN;
}

static const char *verdict_title(const struct matter *f)
{
    bool rejected = strcmp(f->standing.state, "rejected") == 0;
    if (is_held(f))
        return "✗ Held, consent is withdrawn";
    if (is_failed(f))
        return "✗ Failed after its release";
    if (f->decision != NULL && matter_is_lapsed(f, f->decision->entry.seq))
        return "○ Release unsigned until reviewed";
    if (is_exceptional(f))
        return "○ Released out of specification";
    if (is_conditional(f))
        return "○ Released conditionally";
    if (f->decision != NULL)
        return rejected ? "✗ Rejected" : "✓ Released";
    return strcmp(f->standing.state, "on_hold") == 0 ? "✗ On hold, not released" : "○ Not released";
}

static void verdict(struct sheet *s, const struct matter *f)
{
    size_t release = 0, passed = 0;
    for (size_t i = 0; i < f->outcome.line_count; i++) {
        bool gating = f->outcome.lines[i].test->gating == GATING_RELEASE;
        release += gating;
        passed += gating && (f->outcome.lines[i].state == TEST_PASS || f->outcome.lines[i].state == TEST_COVERED);
    }
    enum ink ink = verdict_ink(f);
    double y = s->y;
    sheet_box(s, (double[]){SHEET_LEFT, y, SHEET_SPAN, 46}, INK_SHADE, INK_COUNT);
    sheet_box(s, (double[]){SHEET_LEFT, y, 4, 46}, ink, INK_COUNT);
    sheet_at(s, FACE_CHAPTER, SHEET_LEFT + 14, y + 6, 250,
             arena_printf(f->a, "<span color=\"%s\">%s</span>", sheet_ink_hex(ink), verdict_title(f)));
    sheet_at(s, FACE_TEXT, SHEET_LEFT + 14, y + 27, 250, arena_printf(f->a, "State now: <b>%s</b>", matter_words(f, f->standing.state)));
    sheet_at(s, FACE_TEXT, SHEET_LEFT + 270, y + 8, SHEET_SPAN - 280,
             arena_printf(f->a, "Specification %s version %d: %s", f->specification->id, f->specification->version,
                          matter_mark(f, verdict_words[f->outcome.verdict])));
    sheet_at(s, FACE_TEXT, SHEET_LEFT + 270, y + 24, SHEET_SPAN - 280,
             arena_printf(f->a, "%zu of %zu release tests pass%s", passed, release,
                          passed < release && f->outcome.verdict == VERDICT_PASS ? ", the rest may be pending" : ""));
    s->y = y + 52;
}

static void whose(struct sheet *s, struct matter *f)
{
    const struct batch_open *o = &f->open;
    struct batch_fill fill;
    bool is_filled = matter_fill(f, &fill) != NULL;
    size_t containers = is_filled ? fill.containers.count : 0;
    int64_t expires = is_filled ? fill.expires_at : TIME_ABSENT;
    pair(s, "Source (coded)", arena_printf(f->a, "<b>%s</b>  ·  donor %s  ·  collection %s  ·  %s, %s", matter_donation(f), o->donor_id,
                                           o->collection_id, matter_words(f, f->collection.tissue), matter_words(f, f->donor.use)));
    if (o->recipient_code != NULL)
        pair(s, "Recipient (coded)", sheet_escape(f->a, o->recipient_code));
    pair(s, "Procedure", arena_printf(f->a, "%s version %lld", o->procedure_id, (long long)o->procedure_version));
    pair(s, "Specification", arena_printf(f->a, "%s version %lld", o->specification_id, (long long)o->specification_version));
    pair(s, "Opened", matter_time(f, f->batch->entry[0].entry.time_ms));
    if (containers > 0)
        pair(s, "Containers", arena_printf(f->a, "%zu, expire %s", containers, matter_time(f, expires)));
}

/* what an exceptional release went over, and who accepted it */
static void exception(struct sheet *s, struct matter *f, const struct batch_release *r)
{
    struct buf failed = buf_new(f->a);
    const struct dossier_entry *accepted = NULL;
    for (size_t i = 0; i < f->batch->count; i++)
        accepted = f->batch->entry[i].entry.seq == r->accepted_seq ? &f->batch->entry[i] : accepted;
    for (size_t i = 0; i < r->failed.count && i < FAILED_MAX; i++) {
        const struct failed_test *t = LIST_AT(r->failed, const struct failed_test, i);
        buf_printf(&failed, "%s%s %s", i > 0 ? "; " : "", sheet_escape(f->a, t->title), sheet_escape(f->a, t->result));
    }
    if (r->failed.count > FAILED_MAX)
        buf_printf(&failed, " and %zu more", r->failed.count - FAILED_MAX);
    pair(s, "Exceptional", arena_printf(f->a, "<b>out of specification, not certified</b>: %s", failed.text));
    if (accepted != NULL)
        pair(s, "Asked and accepted", arena_printf(f->a, "%s, %s", matter_who(f, accepted->statement.actor),
                                                   matter_time(f, accepted->entry.time_ms)));
}

/* what a conditional release waits for, and with whom; what an exceptional one rests on */
static void conditions(struct sheet *s, struct matter *f)
{
    struct batch_release r;
    size_t at = (size_t)(f->decision - f->batch->entry);
    if (strcmp(f->decision->statement.type, "release.release") != 0 || matter_next(f, "release.release", &at, &r) != f->decision)
        return;
    if (r.exceptional == 1)
        exception(s, f, &r);
    if (r.conditional != 1)
        return;
    pair(s, "Physician informed", arena_printf(f->a, "%s, %s", matter_who(f, r.physician_id), matter_time(f, r.informed_at)));
    for (size_t i = 0; i < r.pending.count; i++) {
        const struct pending_test *p = LIST_AT(r.pending, const struct pending_test, i);
        pair(s, i == 0 ? "Pending at release" : "", arena_printf(f->a, "%s, expected %s, followed up by %s", sheet_escape(f->a, p->title),
                                                                 matter_time(f, p->expected_at), matter_who(f, p->owner_id)));
    }
}

static void release(struct sheet *s, struct matter *f)
{
    part(s, "Disposition");
    if (f->decision == NULL) {
        pair(s, "Decision", "none: the batch is neither released nor rejected");
        return;
    }
    const struct statement *st = &f->decision->statement;
    pair(s, "Decided by", matter_who(f, st->actor));
    pair(s, "When", arena_printf(f->a, "%s (entry %lld)", matter_time_exact(f, f->decision->entry.time_ms),
                                 (long long)f->decision->entry.seq + 1));
    pair(s, "Meaning of signature", arena_printf(f->a, "<b>%s</b>", meaning_word(st->meaning)));
    conditions(s, f);
}

static const char *meanings(const struct matter *f, unsigned bits)
{
    struct buf b = buf_new(f->a);
    for (int m = 0; m < MEANING_COUNT; m++)
        if (bits & 1u << m)
            buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", meaning_word((enum meaning)m));
    return b.text;
}

static size_t signer_count(const struct matter *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->person_count; i++)
        n += f->person[i].acts > 0;
    return n;
}

static void more(struct sheet *s, const struct matter *f, const char *bullet, size_t count, size_t shown)
{
    if (count > shown)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "%sand %zu more: see Page one in full", bullet, count - shown));
}

static void signers(struct sheet *s, struct matter *f, size_t most)
{
    static const struct column columns[] = {{"Signer", 30, false}, {"Roles in the lab", 22, false},
                                            {"Signed as", 28, false}, {"Acts", 6, true}, {"Certificate (SHA-256)", 18, false}};
    struct table t;
    size_t shown = 0;
    table_begin(&t, s, columns, 5);
    for (size_t i = 0; i < f->person_count && shown < most; i++) {
        const struct matter_person *p = &f->person[i];
        if (p->acts == 0)
            continue;
        shown++;
        table_row(&t, (const char *[]){matter_who(f, p->id), p->roles == NULL ? "see the certificate" : sheet_escape(f->a, p->roles), meanings(f, p->meanings),
                                       arena_printf(f->a, "%zu", p->acts),
                                       arena_printf(f->a, "<span font=\"DejaVu Sans Mono 7\">%.16s</span>", p->certificate)});
    }
    table_end(&t);
}

static void open_items(struct sheet *s, const struct matter *f, size_t most)
{
    for (size_t i = 0; i < f->open_count && i < most; i++)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "•  %s", f->open_item[i]));
}

static const char *mono(const struct matter *f, const char *text)
{
    return arena_printf(f->a, "<span font=\"DejaVu Sans Mono 7.4\">%s</span>", sheet_escape(f->a, text));
}

/* The time of a stamp that is in the dossier. */
static int64_t stamp_time(const struct matter *f, const struct dossier_entry *stamp)
{
    struct tsp_facts facts;
    struct err e;
    for (size_t i = 0; i < stamp->entry.att_count; i++)
        if (strcmp(stamp->entry.att[i].name, STAMP_ATT_TOKEN) == 0 &&
            tsp_facts_of(f->a, dossier_attachment(f->d, stamp->entry.att[i].sha256), &facts, &e) == 0)
            return facts.time_ms;
    return TIME_ABSENT;
}

/* The newest stamp recorded before leaf ${index}, the first that covers it. */
static void bounds_of(const struct matter *f, uint64_t index, int64_t *ret_after_ms, int64_t *ret_by_ms)
{
    const struct dossier_stream *sys = dossier_stream(f->d, STREAM_SYS);
    *ret_after_ms = *ret_by_ms = TIME_ABSENT;
    for (size_t i = 0; i < f->d->stamp_count; i++) {
        const struct dossier_entry *stamp = dossier_entry(sys, f->d->stamp[i].sys_seq);
        if (stamp != NULL && stamp->index < index)
            *ret_after_ms = stamp_time(f, stamp);
        if (stamp != NULL && f->d->stamp[i].size > index && *ret_by_ms == TIME_ABSENT)
            *ret_by_ms = stamp_time(f, stamp);
    }
}

/* Between which time-stamps an entry came into the log, "" when none lies before it. */
static const char *between(const struct matter *f, const char *what, const struct dossier_entry *entry)
{
    int64_t after_ms, by_ms;
    if (entry == NULL)
        return "";
    bounds_of(f, entry->index, &after_ms, &by_ms);
    if (after_ms == TIME_ABSENT || by_ms == TIME_ABSENT)
        return "";
    return arena_printf(f->a, "; %s came after %s and by %s", what, matter_time_exact(f, after_ms), matter_time_exact(f, by_ms));
}

static void complete(struct sheet *s, struct matter *f)
{
    size_t n = f->batch->count, acts = 0;
    struct checkpoint checkpoint;
    struct err e;
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < n; i++)
        acts += statement_is_act(&f->batch->entry[i].statement);
    part(s, "Completeness and time");
    pair(s, "Record", arena_printf(f->a, "<b>complete: entries 1 to %zu</b> (seq 0 to %zu), %zu of them signed acts", n, n - 1, acts));
    pair(s, "Changed since entry", f->correction_count == 0 ? "<b>nothing</b>: every value stands as it was entered first"
         : arena_printf(f->a, "<b>%s</b>; struck through where they stand, with their reasons under Corrections", f->changed));
    pair(s, "Nothing later", arena_printf(f->a, "entry %zu was the last of %s when the log had %llu entries", n, f->d->subject,
                                          (unsigned long long)f->d->heads.size));
    pair(s, "After this print", arena_printf(f->a, "%s lists what was recorded later",
                                             mono(f, arena_printf(f->a, "stemma history %s from_seq=%zu", f->d->subject, n))));
    if (note_parse(f->a, (const char *)f->d->checkpoint.data, f->d->checkpoint.len, &checkpoint, &e) == 0)
        pair(s, "Checkpoint", arena_printf(f->a, "%s, size %llu\n%s", sheet_escape(f->a, checkpoint.origin),
                                           (unsigned long long)checkpoint.size,
                                           mono(f, hex_of(checkpoint.root, DIGEST_LEN, hex))));
    pair(s, "Time bounds", arena_printf(f->a, "entries %s to %s by the lab's clock; all of them existed at <b>%s</b>%s%s, "
                                        "by RFC 3161 time-stamp", matter_time_exact(f, f->batch->entry[0].entry.time_ms),
                                        matter_time_exact(f, f->batch->entry[n - 1].entry.time_ms),
                                        matter_time_exact(f, f->options->token_ms), between(f, "the first", &f->batch->entry[0]),
                                        between(f, "the release", recompute_last(f->batch, "release.release", INT64_MAX))));
}

void page_one(struct sheet *s, struct matter *f)
{
    masthead(s, f);
    verdict(s, f);
    whose(s, f);
    release(s, f);
    part(s, "Signers");
    signers(s, f, SIGNERS_MAX);
    more(s, f, "", signer_count(f), SIGNERS_MAX);
    s->y -= 4;
    part(s, f->open_count == 0 ? "Open items" : arena_printf(f->a, "Open items (%zu)", f->open_count));
    if (f->open_count == 0)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, "None.");
    open_items(s, f, OPEN_MAX);
    more(s, f, "•  ", f->open_count, OPEN_MAX);
    complete(s, f);
    part(s, "Verify in one command");
    sheet_text(s, FACE_MONO, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "stemma-verify %s.asice --trust DIR", f->d->subject));
    sheet_gap(s, 2);
    sheet_text(s, FACE_SMALL, SHEET_LEFT, SHEET_SPAN,
               "DIR holds the anchors that reached you by another way (lab-root.pem, tsa-root.pem, log.pub.pem, witnesses.txt). This "
               "paper is a copy for reading, signed by the laboratory's audit service; the record is the dossier around it.");
}

void chapter_rest(struct sheet *s, struct matter *f)
{
    size_t people = signer_count(f);
    if (f->open_count <= OPEN_MAX && people <= SIGNERS_MAX)
        return;
    sheet_chapter(s, "Page one in full");
    if (f->open_count > OPEN_MAX) {
        sheet_section(s, arena_printf(f->a, "Open items (%zu)", f->open_count), 40);
        open_items(s, f, f->open_count);
    }
    if (people > SIGNERS_MAX) {
        sheet_section(s, arena_printf(f->a, "Signers (%zu)", people), 60);
        signers(s, f, people);
    }
}
