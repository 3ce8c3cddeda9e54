#include "dossier/promises.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "ledger/stream.h"

static void add(struct arena *a, struct promises *p, const struct receipt_note *r)
{
    if ((p->count & (p->count - 1)) == 0) {          /* full at each power of two */
        struct receipt_note *more = ARENA_ARRAY(a, struct receipt_note, p->count == 0 ? 1 : 2 * p->count);
        if (p->count > 0)
            memcpy(more, p->note, p->count * sizeof *more);
        p->note = more;
    }
    p->note[p->count++] = *r;
}

/* some key signs receipts of that log */
static bool is_judged(const struct trust *t, const char *origin)
{
    size_t len = strlen(origin);
    for (size_t i = 0; i < t->receipt_count; i++)
        if (strncmp(t->receipt[i].name, origin, len) == 0 && strncmp(t->receipt[i].name + len, RECEIPT_KEY_FOLDER, strlen(RECEIPT_KEY_FOLDER)) == 0)
            return true;
    return false;
}

/* behind what was being written when the power went: the next first line of a receipt, or the end */
static struct line_reader after_break(struct bytes file, const char *from)
{
    const char *end = (const char *)file.data + file.len;
    const char *next = memmem(from + 1, (size_t)(end - from - 1), RECEIPT_NOTE_FIRST_LINE, strlen(RECEIPT_NOTE_FIRST_LINE));
    return line_reader_of(next == NULL ? end : next, next == NULL ? 0 : (size_t)(end - next));
}

int promises_read(struct arena *a, struct bytes file, const struct trust *t, struct promises *ret, struct err *e)
{
    struct line_reader r = line_reader_of(file.data, file.len);
    if (t->receipt_count == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "receipts.txt", NULL, "the trust folder has no receipts.txt: nothing says who may sign receipts");
    while (!line_at_end(&r)) {
        struct receipt_note note;
        const char *from = r.at;
        if (receipt_note_next(a, &r, &note, e) != 0) {
            ret->broken++;
            r = after_break(file, from);
            continue;
        }
        if (!is_judged(t, note.origin)) {
            ret->foreign++;
            continue;
        }
        if (receipt_note_verify(&note, t->receipt, t->receipt_count, key_note_verify, e) != 0)
            return err_raise(e, ERR_DOSSIER_REFUSED, "receipt", NULL, "forged: entry %lld of %s, %s", (long long)note.seq, note.stream,
                             arena_text(a, e->text));
        add(a, ret, &note);
    }
    return 0;
}

const char *promise_broken(struct arena *a, const struct receipt_note *r, const uint8_t leaf[DIGEST_LEN])
{
    char time[CLOCK_TEXT];
    if (leaf != NULL && memcmp(leaf, r->leaf, DIGEST_LEN) == 0)
        return NULL;
    clock_to_text(r->time_ms, time);
    return arena_printf(a, "dropped: %s signed at %s that entry %s is recorded here; %s", r->line.name, time,
                        hex_text(a, r->leaf, DIGEST_LEN), leaf == NULL ? "nothing is" : "another one is");
}

/* entries later than this may not be in the dossier yet; TIME_ABSENT when it cannot be told */
static int64_t judged_until(const struct dossier *d)
{
    const struct dossier_stream *sys = dossier_stream(d, STREAM_SYS);
    const struct dossier_entry *heads = sys == NULL ? NULL : dossier_entry(sys, d->heads.sys_seq);
    return heads == NULL ? TIME_ABSENT : heads->entry.time_ms - PROMISE_GRACE_MS;
}

/* 1: kept, 0: nothing to say, -1: a fault was noted */
static int check_one(struct arena *a, const struct receipt_note *r, const struct dossier *d, struct findings *v)
{
    const struct dossier_stream *s = dossier_stream(d, r->stream);
    const struct dossier_entry *entry = s == NULL ? NULL : dossier_entry(s, r->seq);
    if (s == NULL || s->count == 0 || strcmp(s->entry[0].entry.origin, r->origin) != 0 ||
        (entry == NULL && (!s->whole || r->time_ms > judged_until(d))))
        return 0;
    const char *why = promise_broken(a, r, entry == NULL ? NULL : entry->leaf);
    if (why == NULL)
        return 1;
    if (v->fault_count < VERIFY_FAULTS_MAX)
        v->fault[v->fault_count++] = (struct fault){{r->stream, r->seq}, 10, why};
    return -1;
}

size_t promises_check(struct arena *a, const struct promises *p, struct bytes file, struct findings *verdict)
{
    struct zip zip;
    struct dossier d;
    struct dossier_place place;
    struct err e;
    size_t kept = 0;
    if (p->count == 0 || zip_read(a, file, &zip, &e) != 0 || dossier_read(a, &zip, &d, &place, &e) != 0)
        return 0;                    /* a dossier that does not hold says so itself */
    for (size_t i = 0; i < p->count; i++)
        kept += check_one(a, &p->note[i], &d, verdict) > 0;
    return kept;
}
