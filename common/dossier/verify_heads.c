/* Rule 10: nothing later than the subject's last entry was left out, and every act existed by a stamped time. */
#include "dossier/verify.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "ledger/stamps.h"
#include "ledger/stream.h"

#define SECOND_MS 1000
#define HEADS_AGE_MS (25LL * 3600 * SECOND_MS)

static struct dossier_place sys_place(int64_t seq)
{
    return (struct dossier_place){STREAM_SYS, seq};
}

/* The log's own entry ${seq} of type ${type}; its proof and form have been checked with its stream. */
static const struct dossier_entry *sys_entry(struct verify *v, int64_t seq, const char *type)
{
    const struct dossier_entry *entry = dossier_entry(dossier_stream(&v->d, STREAM_SYS), seq);
    if (entry == NULL || strcmp(entry->statement.type, type) != 0) {
        verify_fault(v, sys_place(seq), 10, "the log's %s entry is not here", type);
        return NULL;
    }
    return entry;
}

static void check_heads_entry(struct verify *v)
{
    const struct dossier_heads *h = &v->d.heads;
    const struct dossier_entry *entry = sys_entry(v, h->sys_seq, HEADS_TYPE);
    uint8_t root[DIGEST_LEN];
    uint64_t size, streams;
    struct err e;
    if (entry == NULL)
        return;
    if (heads_body_parse(entry->statement.body, root, &size, &streams, &e) != 0)
        verify_refused(v, sys_place(h->sys_seq), 10, &e);
    else if (size != h->size || streams != h->streams || memcmp(root, h->root, DIGEST_LEN) != 0)
        verify_fault(v, sys_place(h->sys_seq), 10, "log/heads.txt is not what the log recorded");
    if (v->verdict->time_ms - entry->entry.time_ms > HEADS_AGE_MS)
        verify_fault(v, sys_place(h->sys_seq), 10, "the heads are more than 25 hours older than the time-stamp");
}

void verify_heads(struct verify *v)
{
    const struct dossier_heads *h = &v->d.heads;
    const struct dossier_stream *subject = dossier_stream(&v->d, v->d.subject);
    const struct dossier_entry *last = &subject->entry[subject->count - 1];
    struct dossier_place place = {subject->id, last->entry.seq};
    uint8_t leaf[DIGEST_LEN];
    const char *line = heads_line(v->arena, &h->line);
    check_heads_entry(v);
    merkle_leaf_hash(line, strlen(line), leaf);
    if (h->size > v->checkpoint.size)
        verify_fault(v, place, 10, "the heads are of a larger tree than the checkpoint's");
    if (!merkle_inclusion_verify(leaf, h->index, h->streams, &h->proof, h->root))
        verify_fault(v, place, 10, "the line of the heads is not proved");
    if (strcmp(h->line.stream, subject->id) != 0 || h->line.seq != last->entry.seq ||
        memcmp(h->line.leaf, last->leaf, DIGEST_LEN) != 0 || last->index >= h->size)
        verify_fault(v, place, 10, "the chain does not end where the log says it did: entry %lld", (long long)h->line.seq);
}

static struct bytes attachment_called(struct verify *v, const struct dossier_entry *entry, const char *name)
{
    for (size_t i = 0; i < entry->entry.att_count; i++)
        if (strcmp(entry->entry.att[i].name, name) == 0)
            return dossier_attachment(&v->d, entry->entry.att[i].sha256);
    return (struct bytes){NULL, 0};
}

/* The checkpoint that the stamp is over: signed by the log, of the recorded size and root. */
static bool check_stamped(struct verify *v, const struct dossier_stamp *stamp, const struct dossier_entry *entry,
                          struct bytes text, struct checkpoint *ret)
{
    uint8_t root[DIGEST_LEN];
    uint64_t size;
    struct err e;
    struct note_key key = note_key_make(v->arena, v->checkpoint.origin, NOTE_KEY_ED25519, v->trust->log_key);
    if (text.data == NULL || stamps_body_parse(entry->statement.body, root, &size, &e) != 0) {
        verify_fault(v, sys_place(stamp->sys_seq), 10, "no checkpoint attached, or a malformed body");
        return false;
    }
    if (note_parse(v->arena, (const char *)text.data, text.len, ret, &e) != 0 ||
        note_verify(ret, &key, key_note_verify, &e) != 0) {
        verify_refused(v, sys_place(stamp->sys_seq), 10, &e);
        return false;
    }
    if (ret->line_count != 1 || ret->size != size || ret->size != stamp->size || memcmp(ret->root, root, DIGEST_LEN) != 0) {
        verify_fault(v, sys_place(stamp->sys_seq), 10, "the stamped checkpoint is not the recorded one");
        return false;
    }
    return true;
}

/* The stamp's time, TIME_ABSENT if it proves nothing. */
static int64_t check_stamp(struct verify *v, const struct dossier_stamp *stamp, struct stamp_good *ret_good)
{
    const struct dossier_entry *entry = sys_entry(v, stamp->sys_seq, STAMP_TYPE);
    struct checkpoint c;
    struct err e;
    struct tsp_times times;
    if (entry == NULL)
        return TIME_ABSENT;
    struct bytes text = attachment_called(v, entry, STAMP_ATT_CHECKPOINT);
    struct bytes token = attachment_called(v, entry, STAMP_ATT_TOKEN);
    if (!check_stamped(v, stamp, entry, text, &c))
        return TIME_ABSENT;
    if (token.data == NULL || tsp_verify_times(v->trust->tsa, text, token, &times, &e) != 0) {
        verify_fault(v, sys_place(stamp->sys_seq), 10, "the token: %s", token.data == NULL ? "is not there" : e.text);
        return TIME_ABSENT;
    }
    if (!merkle_consistency_verify(c.size, c.root, v->checkpoint.size, v->checkpoint.root, &stamp->consistency)) {
        verify_fault(v, sys_place(stamp->sys_seq), 10, "the stamped tree is not proved to be the beginning of this one");
        return TIME_ABSENT;
    }
    if (!verify_suite(v, sys_place(stamp->sys_seq), 10, SUITE_TOKEN, times.at_ms))
        return TIME_ABSENT;
    *ret_good = (struct stamp_good){stamp->sys_seq, stamp->size, entry->index, times.at_ms,
                                    suites_token_until(&v->trust->suites, times.ends_ms), false};
    return times.at_ms;
}

/* No entry in a stamped tree is later than its token, and an act is in one. */
static void check_covered(struct verify *v, struct dossier_place place, const struct dossier_entry *entry,
                          const int64_t *time_ms)
{
    size_t i = 0;
    while (i < v->d.stamp_count && v->d.stamp[i].size <= entry->index)
        i++;
    if (i == v->d.stamp_count && entry->p7s.data != NULL)
        verify_fault(v, place, 10, "no time-stamp covers the act");
    for (; i < v->d.stamp_count; i++)
        if (time_ms[i] != TIME_ABSENT && time_ms[i] < entry->entry.time_ms - SECOND_MS) {
            verify_fault(v, place, 10, "the entry is later than the time-stamp SYS %lld that covers it",
                         (long long)v->d.stamp[i].sys_seq);
            return;
        }
}

/* The newest of the time-stamps here whose own entry lies before this one: the entry came later than it. */
static void check_behind(struct verify *v, struct dossier_place place, const struct dossier_entry *entry, const int64_t *time_ms,
                         const struct stamp_good *good)
{
    for (size_t i = v->d.stamp_count; i-- > 0; )
        if (time_ms[i] != TIME_ABSENT && good[i].index < entry->index) {
            if (entry->entry.time_ms < time_ms[i] - STAMP_LATE_MS)
                verify_fault(v, place, 10, "the entry says a time more than ten minutes before time-stamp SYS %lld, which was in the log "
                             "before it", (long long)good[i].sys_seq);
            return;
        }
}

void verify_stamps(struct verify *v)
{
    int64_t *time_ms = ARENA_ARRAY(v->arena, int64_t, v->d.stamp_count + 1);
    struct stamp_good *good = ARENA_ARRAY(v->arena, struct stamp_good, v->d.stamp_count + 1);
    bool all = true;
    for (size_t i = 0; i < v->d.stamp_count; i++) {
        time_ms[i] = check_stamp(v, &v->d.stamp[i], &good[i]);
        all = all && time_ms[i] != TIME_ABSENT;
    }
    for (size_t i = 0; i < v->d.stream_count; i++)
        for (size_t j = 0; j < v->d.stream[i].count; j++) {
            const struct dossier_entry *entry = &v->d.stream[i].entry[j];
            const struct dossier_place place = {v->d.stream[i].id, entry->entry.seq};
            check_covered(v, place, entry, time_ms);
            check_behind(v, place, entry, time_ms, good);
        }
    if (all)
        verify_renewal(v, good, v->d.stamp_count);
}
