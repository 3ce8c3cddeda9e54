#include "dossier/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "ledger/stream.h"

static const struct dossier_place nowhere = {NULL, -1};

void verify_fault(struct verify *v, struct dossier_place place, int rule, const char *format, ...)
{
    char text[512];
    va_list args;
    if (v->verdict->fault_count == VERIFY_FAULTS_MAX)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    v->verdict->fault[v->verdict->fault_count++] = (struct fault){place, rule, arena_text(v->arena, text)};
}

void verify_refused(struct verify *v, struct dossier_place place, int rule, const struct err *e)
{
    verify_fault(v, place, rule, "%s", e->text);
}

char *fault_text(struct arena *a, const struct fault *f)
{
    const char *stream = f->place.stream != NULL ? f->place.stream : "-";
    if (f->place.seq < 0)
        return arena_printf(a, "%s - %d: %s", stream, f->rule, f->text);
    return arena_printf(a, "%s %lld %d: %s", stream, (long long)f->place.seq, f->rule, f->text);
}

/* The rule that a refusal of the container or its texts belongs to; a malformed entry is rule 5. */
static int rule_of(const struct err *e)
{
    int rule = (int)strtol(e->rule, NULL, 10);
    return rule > 0 ? rule : 5;
}

static int take_crls(struct verify *v, struct err *e)
{
    struct bytes *crls = ARENA_ARRAY(v->arena, struct bytes, v->d.pki_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < v->d.pki_count; i++) {
        const struct zip_member *m = &v->d.pki[i];
        if (strcmp(m->name + strlen(m->name) - 4, ".crl") == 0)
            crls[n++] = m->data;
    }
    return trust_with_crls(v->trust, crls, n, e);
}

static void check_subject(struct verify *v)
{
    const struct dossier_stream *subject = dossier_stream(&v->d, v->d.subject);
    const struct dossier_stream *sys = dossier_stream(&v->d, "SYS");
    if (subject == NULL || !subject->whole)
        verify_fault(v, (struct dossier_place){v->d.subject, -1}, 5, "the subject's stream is not here whole");
    if (sys == NULL || sys->whole)
        verify_fault(v, (struct dossier_place){"SYS", -1}, 5, "is not here, or not as a part stream");
}

static bool is_named(const struct dossier *d, const char *sha256)
{
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < d->stream_count; i++)
        for (size_t j = 0; j < d->stream[i].count; j++) {
            const struct entry *entry = &d->stream[i].entry[j].entry;
            for (size_t k = 0; k < entry->att_count; k++)
                if (strcmp(hex_of(entry->att[k].sha256, DIGEST_LEN, hex), sha256) == 0)
                    return true;
        }
    return false;
}

static void check_strangers(struct verify *v)
{
    for (size_t i = 0; i < v->d.attachment_count; i++)
        if (!is_named(&v->d, v->d.attachment[i].name))
            verify_fault(v, nowhere, 9, "attachments/%s is named by no entry", v->d.attachment[i].name);
}

/* SYS holds the log's own types; elsewhere, what a verb of ours does not record may have anything computed in it. */
static bool is_known(const struct dossier_stream *s, const char *type)
{
    const struct verb_row *verb = verb_find(type);
    return strcmp(s->id, STREAM_SYS) == 0 || (verb != NULL && (verb->kind == VERB_ACT || verb->kind == VERB_OBSERVE));
}

static void recompute_stream(struct verify *v, struct recompute_memory *memory, const struct dossier_stream *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct recompute_row *row = recompute_row(v->recompute, s->entry[i].statement.type);
        struct recompute_case c = {v->arena, &v->d, s, &s->entry[i], memory};
        struct dossier_place place = {s->id, s->entry[i].entry.seq};
        struct err e;
        if (!is_known(s, s->entry[i].statement.type))
            verify_fault(v, place, 11, "this verifier does not know %.80s", s->entry[i].statement.type);
        if (row == NULL)
            continue;
        v->verdict->recomputed++;
        if (recompute_check(row, &c, &e) != 0)
            verify_refused(v, place, 11, &e);
    }
}

/* What of the subject stands as unsigned at the end of its stream is no fault, but nobody may overlook it. */
static void find_unsigned(struct verify *v, struct recompute_memory *memory)
{
    const struct dossier_stream *s = dossier_stream(&v->d, v->d.subject);
    struct dossier_entry after = {.entry.seq = INT64_MAX};
    struct recompute_case c = {v->arena, &v->d, s, &after, memory};
    struct err e;
    if (recompute_unsigned(&c, &v->verdict->unsigned_acts, &e) != 0 || recompute_unsigned_elsewhere(&c, &v->verdict->unsigned_acts, &e) != 0)
        verify_refused(v, (struct dossier_place){s->id, -1}, 11, &e);
}

static void recompute_all(struct verify *v)
{
    struct recompute_memory memory = {.procedure = NULL};
    for (size_t i = 0; i < v->d.stream_count; i++)
        recompute_stream(v, &memory, &v->d.stream[i]);
    find_unsigned(v, &memory);
}

static void verify_parts(struct verify *v)
{
    verify_log(v);
    merkle_climb_begin(&v->climb, v->checkpoint.size, v->checkpoint.root);
    check_subject(v);
    for (size_t i = 0; i < v->d.stream_count; i++)
        verify_stream(v, &v->d.stream[i]);
    check_strangers(v);
    if (v->verdict->fault_count > 0)     /* proofs about entries that do not hold would only repeat it */
        return;
    verify_heads(v);
    verify_stamps(v);
    if (v->recompute != NULL && v->verdict->fault_count == 0)
        recompute_all(v);
}

void dossier_verify(struct arena *a, struct bytes file, struct trust *trust, const struct recompute *recompute,
                    struct findings *ret)
{
    struct zip zip;
    struct err e;
    struct dossier_place place;
    struct verify v = {.arena = a, .trust = trust, .zip = &zip, .recompute = recompute, .verdict = ret};
    *ret = (struct findings){.fault = ARENA_ARRAY(a, struct fault, VERIFY_FAULTS_MAX)};
    if (zip_read(a, file, &zip, &e) != 0) {
        verify_refused(&v, nowhere, 1, &e);
        return;
    }
    if (dossier_read(a, &zip, &v.d, &place, &e) != 0) {
        verify_refused(&v, place, rule_of(&e), &e);
        return;
    }
    if (take_crls(&v, &e) != 0) {
        verify_refused(&v, nowhere, 7, &e);
        return;
    }
    ret->subject = v.d.subject;
    ret->tree_size = v.d.size;
    ret->streams = v.d.stream_count;
    verify_parts(&v);
}
