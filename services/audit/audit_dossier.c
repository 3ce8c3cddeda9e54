#include "audit_dossier.h"

#include <stdlib.h>
#include <string.h>

#include "audit_paper.h"
#include "audit_pki.h"
#include "audit_redact.h"
#include "audit_relied.h"
#include "audit_renewed.h"
#include "audit_store.h"
#include "crypto/tsp.h"
#include "dossier/zip.h"
#include "exports/exports.h"
#include "ledger/stamps.h"

#define STREAMS_MAX 300
#define ATTACHMENTS_MAX 400
#define MEMBERS_OTHER 100            /* certificates and lists, the log's files, exports */

struct making {
    struct db *db;
    struct arena *a;
    struct dossier *d;
    struct merkle_source tree;
    struct err *e;
    bool redacted;
};

/* ---- streams: the subject as far as the heads show its end (an act may have come since), then breadth first what
 * statements name */

static int take_streams(struct making *m, uint64_t subject_size)
{
    const char **ids = ARENA_ARRAY(m->a, const char *, STREAMS_MAX);
    struct dossier_stream *streams = ARENA_ARRAY(m->a, struct dossier_stream, STREAMS_MAX + 1);
    struct list cleanings = {NULL, 0};
    size_t count = 1;
    ids[0] = m->d->subject;
    for (size_t i = 0; i < count; i++) {
        int code = audit_store_stream(m->db, m->a, ids[i], i == 0 ? subject_size : m->d->size, &streams[i], m->e);
        if (code == ERR_NOT_FOUND && i > 0) {
            streams[i].count = 0;   /* the first terminal stands in the founding statement, it has no stream of its own */
            continue;
        }
        if (code != 0)
            return code;
        for (size_t k = 0; k < streams[i].count; k++) {
            code = audit_relied(m->a, &streams[i].entry[k].statement, ids, &count, STREAMS_MAX, m->e);
            if (code == 0 && i == 0)
                code = audit_relied_cleanings(m->a, &streams[0].entry[k].statement, &cleanings, m->e);
            if (code != 0)
                return code;
        }
    }
    const uint64_t begun = streams[0].count > 0 ? streams[0].entry[0].index : 0;
    m->d->stream = streams;
    m->d->stream_count = 0;
    for (size_t i = 1; i < count; i++) {
        int code = streams[i].count > 0 && strchr("UE", ids[i][0]) != NULL
                       ? audit_relied_only(m->a, &streams[i], ids, count, &cleanings, begun, m->e) : 0;
        if (code != 0)
            return code;
    }
    for (size_t i = 0; i < count; i++)
        if (streams[i].count > 0)
            streams[m->d->stream_count++] = streams[i];
    return 0;
}

/* ---- heads: the newest log.heads entry and the subject's line in it */

static int take_heads(struct making *m, struct dossier_stream *sys)
{
    struct dossier_heads *h = &m->d->heads;
    struct head *heads;
    size_t count;
    int code = audit_store_sys(m->db, m->a, "log.heads", m->d->size, true, sys, m->e);
    if (code == 0)
        code = heads_body_parse(sys->entry[0].statement.body, h->root, &h->size, &h->streams, m->e);
    if (code == 0)
        code = audit_store_heads(m->db, m->a, h->size, &heads, &count, m->e);
    if (code != 0)
        return code;
    h->sys_seq = sys->entry[0].entry.seq;
    h->index = heads_find(heads, count, m->d->subject);
    if (h->index == count || count != h->streams)
        return err_raise(m->e, ERR_UNAVAILABLE, "batch_id", "", "%s is not in the heads map yet", m->d->subject);
    h->line = heads[h->index];
    return heads_proof(m->a, heads, count, h->index, &h->proof, m->e);
}

/* ---- time: for each act the first recorded time-stamp whose tree covers it, and what renewed it */

static bool covers_some(const struct making *m, uint64_t size, uint64_t previous)
{
    for (size_t i = 0; i < m->d->stream_count; i++)
        for (size_t k = 0; k < m->d->stream[i].count; k++) {
            const struct dossier_entry *x = &m->d->stream[i].entry[k];
            if (x->p7s.data != NULL && x->index < size && x->index >= previous)
                return true;
        }
    return false;
}

/* How many more stamps there is room for: each brings two attachments, an act two members. */
static size_t room_for_stamps(const struct making *m, size_t stamps)
{
    size_t attachments = 2 * stamps, members = MEMBERS_OTHER;
    for (size_t i = 0; i < m->d->stream_count; i++, members += 3)
        for (size_t k = 0; k < m->d->stream[i].count; k++) {
            const struct dossier_entry *x = &m->d->stream[i].entry[k];
            attachments += x->entry.att_count;
            members += x->p7s.data != NULL ? 2 : 0;
        }
    if (attachments >= ATTACHMENTS_MAX || attachments + members >= ZIP_MEMBERS_MAX)
        return 0;
    size_t by_members = (ZIP_MEMBERS_MAX - members - attachments) / 2, by_attachments = (ATTACHMENTS_MAX - attachments) / 2;
    return by_members < by_attachments ? by_members : by_attachments;
}

/* What somebody would like to have come earlier: the batch's beginning, and its release. */
static int take_stamps_before(struct making *m, struct stamp_choice *c)
{
    const struct dossier_stream *s = dossier_stream(m->d, m->d->subject);
    const size_t most = c->count + room_for_stamps(m, c->count);
    int code = 0;
    for (size_t k = 0; code == 0 && s != NULL && k < s->count && c->count < most; k++)
        if (k == 0 || (s->entry[k].p7s.data != NULL && strncmp(s->entry[k].statement.type, "release.", 8) == 0))
            code = audit_before(c, s->entry[k].index, m->e);
    return code;
}

static int take_stamps(struct making *m, struct dossier_stream *sys)
{
    struct dossier_stream all;
    int code = audit_store_sys(m->db, m->a, "log.timestamp", m->d->size, false, &all, m->e);
    if (code != 0)
        return code;
    struct dossier_stamp *stamps = ARENA_ARRAY(m->a, struct dossier_stamp, all.count);
    struct dossier_entry *kept = ARENA_ARRAY(m->a, struct dossier_entry, all.count + 1);
    size_t n = 0;
    uint64_t previous = 0;
    for (size_t i = 0; i < all.count; i++) {
        uint8_t root[DIGEST_LEN];
        uint64_t size;
        code = stamps_body_parse(all.entry[i].statement.body, root, &size, m->e);
        if (code != 0)
            return code;
        if (size <= previous || !covers_some(m, size, previous))
            continue;
        stamps[n] = (struct dossier_stamp){.sys_seq = all.entry[i].entry.seq, .size = size};
        kept[n++] = all.entry[i];
        previous = size;
    }
    struct tsp_facts own;
    struct stamp_choice choice = {m->db, m->a, &all, 0, stamps, kept, n};
    code = tsp_facts_of(m->a, m->d->token, &own, m->e);
    choice.until_ms = own.time_ms;
    if (code == 0)
        code = audit_renewed(&choice, m->e);
    if (code == 0)
        code = take_stamps_before(m, &choice);       /* last: what is worth having takes no room of what is needed */
    audit_stamps_sort(&choice);
    n = choice.count;
    for (size_t i = 0; code == 0 && i < n; i++)
        code = merkle_consistency_make(m->a, &m->tree, stamps[i].size, m->d->size, &stamps[i].consistency, m->e);
    if (code != 0)
        return code;
    m->d->stamp = stamps;
    m->d->stamp_count = n;
    size_t at = 0;   /* the heads entry among the time-stamps, by seq */
    while (at < n && kept[at].entry.seq < sys->entry[0].entry.seq)
        at++;
    memmove(&kept[at + 1], &kept[at], (n - at) * sizeof *kept);
    kept[at] = sys->entry[0];
    sys->entry = kept;
    sys->count = n + 1;
    sys->whole = false;
    return 0;
}

/* ---- proofs and attachments of every entry that is enclosed */

static int take_proofs(struct making *m)
{
    for (size_t i = 0; i < m->d->stream_count; i++)
        for (size_t k = 0; k < m->d->stream[i].count; k++) {
            struct dossier_entry *x = &m->d->stream[i].entry[k];
            int code = merkle_inclusion_make(m->a, &m->tree, x->index, m->d->size, &x->proof, m->e);
            if (code != 0)
                return code;
        }
    return 0;
}

static int compare_members(const void *x, const void *y)
{
    return strcmp(((const struct zip_member *)x)->name, ((const struct zip_member *)y)->name);
}

static int add_attachment(struct making *m, struct zip_member *files, size_t *count, const struct attachment *att)
{
    const char *name = hex_text(m->a, att->sha256, DIGEST_LEN);
    for (size_t i = 0; i < *count; i++)
        if (strcmp(files[i].name, name) == 0)
            return 0;
    if (*count == ATTACHMENTS_MAX)
        return err_raise(m->e, ERR_DOSSIER_REFUSED, "batch_id", "", "more than %d attachments", ATTACHMENTS_MAX);
    files[*count].name = name;
    return audit_store_attachment(m->db, m->a, att->sha256, &files[(*count)++].data, m->e);
}

static int take_attachments(struct making *m)
{
    struct zip_member *files = ARENA_ARRAY(m->a, struct zip_member, ATTACHMENTS_MAX);
    size_t count = 0;
    for (size_t i = 0; i < m->d->stream_count; i++)
        for (size_t k = 0; k < m->d->stream[i].count; k++) {
            const struct entry *x = &m->d->stream[i].entry[k].entry;
            for (size_t n = 0; n < x->att_count; n++) {
                int code = add_attachment(m, files, &count, &x->att[n]);
                if (code != 0)
                    return code;
            }
        }
    qsort(files, count, sizeof *files, compare_members);
    m->d->attachment = files;
    m->d->attachment_count = count;
    return 0;
}

static int compare_streams(const void *x, const void *y)
{
    return strcmp(((const struct dossier_stream *)x)->id, ((const struct dossier_stream *)y)->id);
}

static int take_tree(struct making *m)
{
    struct bytes leaves;
    int code = audit_store_leaves(m->db, m->a, m->d->size, &leaves, m->e);
    if (code != 0)
        return code;
    uint8_t (*hashes)[DIGEST_LEN] = arena_alloc(m->a, leaves.len);
    memcpy(hashes, leaves.data, leaves.len);
    m->tree = merkle_array(m->a, (const uint8_t (*)[DIGEST_LEN])hashes, m->d->size);
    return 0;
}

/* ---- copies in the formats of others */

static int take_exports(struct making *m)
{
    struct zip_member *files;
    int code = exports_make(m->a, m->d, NULL, &files, &m->d->export_count, m->e);
    m->d->exports = files;
    return code;
}

int audit_export(struct db *db, struct arena *a, const char *batch_id, const char *format, struct zip_member **ret,
                 size_t *ret_count, struct err *e)
{
    struct dossier d = {.subject = batch_id};
    struct making m = {.db = db, .a = a, .d = &d, .e = e};
    struct audit_checkpoint checkpoint;
    int code = audit_store_known(db, a, batch_id, e);
    if (code == 0)
        code = audit_store_checkpoint(db, a, &checkpoint, e);
    if (code != 0)
        return code;
    d.size = checkpoint.size;
    code = take_streams(&m, d.size);
    return code != 0 ? code : exports_make(a, &d, format, ret, ret_count, e);
}

/* before the first act of the subject */
static int64_t begun_ms(const struct dossier *d)
{
    const struct dossier_stream *s = dossier_stream(d, d->subject);
    return s == NULL || s->count == 0 ? TIME_ABSENT : s->entry[0].entry.time_ms;
}

int audit_dossier(struct db *db, struct arena *a, const struct audit_dossier_settings *settings, const char *batch_id,
                  struct dossier *ret, struct bytes *ret_file, struct err *e)
{
    struct making m = {.db = db, .a = a, .d = ret, .e = e, .redacted = settings->redacted};
    struct audit_checkpoint checkpoint;
    struct dossier_stream sys;
    memset(ret, 0, sizeof *ret);
    int code = audit_store_known(db, a, batch_id, e);
    if (code == 0)
        code = audit_store_checkpoint(db, a, &checkpoint, e);
    if (code != 0)
        return code;
    ret->subject = batch_id;
    ret->size = checkpoint.size;
    ret->checkpoint = checkpoint.note;
    ret->token = checkpoint.token;
    ret->cosignatures = checkpoint.cosignatures;
    code = take_tree(&m);
    if (code == 0)
        code = take_heads(&m, &sys);
    if (code == 0)
        code = take_streams(&m, ret->heads.size);
    if (code == 0 && m.redacted)
        audit_redact(a, ret);
    if (code == 0)
        code = take_stamps(&m, &sys);
    if (code != 0)
        return code;
    ret->stream[ret->stream_count++] = sys;
    qsort(ret->stream, ret->stream_count, sizeof *ret->stream, compare_streams);
    code = take_proofs(&m);
    if (code == 0)
        code = take_attachments(&m);
    if (code == 0)
        code = audit_pki(a, settings->pki, m.redacted, begun_ms(ret), &ret->pki, &ret->pki_count, e);
    if (code == 0)
        code = audit_paper(a, ret, settings, checkpoint.token_ms, e);
    if (code == 0 && !m.redacted)
        code = take_exports(&m);
    return code != 0 ? code : dossier_write(a, ret, settings->signer, ret_file, e);
}
