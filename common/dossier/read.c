#include "dossier/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/layout.h"
#include "dossier/manifest.h"

/* While a dossier is taken apart: which members have found their place. */
struct taking {
    struct arena *arena;
    const struct zip *zip;
    bool *taken;                 /* by place in the file */
    size_t next;                 /* the place behind the last one found: mostly members are asked for in their order */
    struct dossier *d;
    struct dossier_place *place;
};

static int refuse(struct err *e, const char *rule, const char *member, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "dossier", rule, "%.160s %s", member, why);
}

static const struct zip_member *take_member(struct taking *t, const char *name)
{
    const struct zip_member *m = t->next < t->zip->count ? &t->zip->member[t->next] : NULL;
    if (m == NULL || strcmp(m->name, name) != 0)
        m = zip_member(t->zip, name);
    if (m == NULL)
        return NULL;
    size_t at = (size_t)(m - t->zip->member);
    t->taken[at] = true;
    t->next = at + 1;
    return m;
}

static struct bytes take(struct taking *t, const char *name)
{
    const struct zip_member *m = take_member(t, name);
    return m != NULL ? m->data : (struct bytes){NULL, 0};
}

static int take_needed(struct taking *t, const char *name, const char *rule, struct bytes *ret, struct err *e)
{
    *ret = take(t, name);
    return ret->data != NULL ? 0 : refuse(e, rule, name, "is not there");
}

static bool is_attachment_name(const char *name)
{
    uint8_t hash[DIGEST_LEN];
    return strlen(name) == 2 * (size_t)DIGEST_LEN && hex_to(name, 2 * (size_t)DIGEST_LEN, hash);
}

static bool is_pki_name(const char *name)
{
    size_t len = strlen(name);
    return strchr(name, '/') == NULL && len > 4 &&
           (strcmp(name + len - 4, ".pem") == 0 || strcmp(name + len - 4, ".crl") == 0);
}

static bool is_export_name(const char *name)
{
    return strchr(name, '/') == NULL;
}

static int compare_members(const void *x, const void *y)
{
    return strcmp(((const struct zip_member *)x)->name, ((const struct zip_member *)y)->name);
}

/* The members of one folder whose names fit, by name. */
static const struct zip_member *take_folder(struct taking *t, const char *folder, bool (*fits)(const char *name),
                                            size_t *ret_count)
{
    struct zip_member *found = ARENA_ARRAY(t->arena, struct zip_member, t->zip->count + 1);
    size_t n = 0, len = strlen(folder);
    for (size_t i = 0; i < t->zip->count; i++) {
        const char *name = t->zip->member[i].name;
        if (strncmp(name, folder, len) != 0 || !fits(name + len))
            continue;
        found[n] = t->zip->member[i];
        found[n++].name = name + len;
        t->taken[i] = true;
    }
    if (n > 1)
        qsort(found, n, sizeof *found, compare_members);
    *ret_count = n;
    return found;
}

static int take_hashed(struct taking *t, const char *name, const char *rule, struct bytes *ret, uint8_t ret_sha256[DIGEST_LEN],
                       struct err *e)
{
    const struct zip_member *m = take_member(t, name);
    if (m == NULL)
        return refuse(e, rule, name, "is not there");
    memcpy(ret_sha256, m->sha256, DIGEST_LEN);
    *ret = m->data;
    return 0;
}

static int take_act(struct taking *t, const struct dossier_stream *s, struct dossier_entry *d, struct err *e)
{
    char name[96];
    snprintf(name, sizeof name, "streams/%s/acts/%06lld.stmt", s->id, (long long)d->entry.seq);
    int rc = take_hashed(t, name, "6", &d->stmt, d->stmt_sha256, e);
    if (rc != 0)
        return rc;
    snprintf(name, sizeof name, "streams/%s/acts/%06lld.p7s", s->id, (long long)d->entry.seq);
    return take_hashed(t, name, "7", &d->p7s, d->p7s_sha256, e);
}

/* The statements of entries without signature stand one behind the other; each entry says how long its own is. */
static int take_observation(struct bytes *left, struct dossier_entry *d, struct err *e)
{
    if (left->data == NULL || (uint64_t)d->entry.stmt_len > left->len)
        return err_raise(e, ERR_DOSSIER_REFUSED, "observations", "6", "its statement is not there");
    d->stmt = (struct bytes){left->data, (size_t)d->entry.stmt_len};
    digest_sha256(d->stmt.data, d->stmt.len, d->stmt_sha256);
    left->data += d->stmt.len;
    left->len -= d->stmt.len;
    return 0;
}

static int take_statements(struct taking *t, struct dossier_stream *s, struct err *e)
{
    char name[64];
    snprintf(name, sizeof name, "streams/%s/observations", s->id);
    struct bytes left = take(t, name);
    bool met = false;
    for (size_t i = 0; i < s->count; i++) {
        struct dossier_entry *d = &s->entry[i];
        t->place->seq = d->entry.seq;
        met = met || d->entry.sig_len == 0;
        int rc = d->entry.sig_len == 0 ? take_observation(&left, d, e) : take_act(t, s, d, e);
        if (rc != 0)
            return rc;
    }
    t->place->seq = -1;
    if (left.len > 0 || (left.data != NULL && !met))
        return refuse(e, "6", name, "has statements of no entry");
    return 0;
}

static int take_stream(struct taking *t, struct dossier_stream *s, struct err *e)
{
    char name[64];
    struct bytes text;
    *t->place = (struct dossier_place){s->id, -1};
    snprintf(name, sizeof name, "streams/%s/chain.txt", s->id);
    int rc = take_needed(t, name, "5", &text, e);
    if (rc == 0)
        rc = layout_chain_read(t->arena, text, s, &t->place->seq, e);
    if (rc != 0)
        return rc;
    snprintf(name, sizeof name, "streams/%s/proofs.txt", s->id);
    rc = take_needed(t, name, "8", &text, e);
    if (rc == 0)
        rc = layout_proofs_read(t->arena, text, s, &t->place->seq, e);
    return rc != 0 ? rc : take_statements(t, s, e);
}

static int take_log(struct taking *t, struct err *e)
{
    struct dossier *d = t->d;
    struct bytes text;
    int rc = take_needed(t, "log/checkpoint", "2", &d->checkpoint, e);
    if (rc == 0)
        rc = take_needed(t, "log/checkpoint.tsr", "3", &d->token, e);
    if (rc == 0)
        rc = take_needed(t, "log/cosignatures", "2", &d->cosignatures, e);
    if (rc == 0)
        rc = take_needed(t, "log/heads.txt", "10", &text, e);
    if (rc == 0)
        rc = layout_heads_read(t->arena, text, &d->heads, e);
    if (rc == 0)
        rc = take_needed(t, "log/stamps.txt", "10", &text, e);
    return rc != 0 ? rc : layout_stamps_read(t->arena, text, d, e);
}

/* mimetype first and right; the manifest and its signature are the verifier's, not a part of the value. */
static int take_frame(struct taking *t, struct err *e)
{
    const struct zip_member *first = t->zip->member;
    struct bytes text;
    if (t->zip->count == 0 || strcmp(first->name, "mimetype") != 0 ||
        first->data.len != strlen(DOSSIER_MIMETYPE) || memcmp(first->data.data, DOSSIER_MIMETYPE, first->data.len) != 0)
        return refuse(e, "1", "mimetype", "is not first, or not an ASiC-E's");
    t->taken[0] = true;
    int rc = take_needed(t, MANIFEST_NAME, "4", &text, e);
    return rc != 0 ? rc : take_needed(t, MANIFEST_SIGNATURE, "4", &text, e);
}

static int take_streams(struct taking *t, struct err *e)
{
    struct dossier *d = t->d;
    struct bytes text;
    int rc = take_needed(t, "dossier.txt", "5", &text, e);
    if (rc == 0)
        rc = layout_index_read(t->arena, text, d, e);
    for (size_t i = 0; i < d->stream_count && rc == 0; i++)
        rc = take_stream(t, &d->stream[i], e);
    if (rc == 0)
        *t->place = (struct dossier_place){NULL, -1};
    return rc;
}

int dossier_read(struct arena *a, const struct zip *zip, struct dossier *ret, struct dossier_place *ret_place,
                 struct err *e)
{
    struct taking t = {a, zip, ARENA_ARRAY(a, bool, zip->count + 1), 0, ret, ret_place};
    *ret = (struct dossier){.size = 0};
    *ret_place = (struct dossier_place){NULL, -1};
    int rc = take_frame(&t, e);
    if (rc == 0)
        rc = take_streams(&t, e);
    if (rc == 0)
        rc = take_log(&t, e);
    if (rc != 0)
        return rc;
    ret->attachment = take_folder(&t, "attachments/", is_attachment_name, &ret->attachment_count);
    ret->pki = take_folder(&t, "pki/", is_pki_name, &ret->pki_count);
    ret->exports = take_folder(&t, "exports/", is_export_name, &ret->export_count);
    ret->readme = take(&t, "README.txt");
    ret->pdf = take(&t, "human/dossier.pdf");
    for (size_t i = 0; i < zip->count; i++)
        if (!t.taken[i])
            return refuse(e, "1", zip->member[i].name, "has no place in a dossier");
    return 0;
}

struct dossier_stream *dossier_stream(const struct dossier *d, const char *id)
{
    for (size_t i = 0; i < d->stream_count; i++)
        if (strcmp(d->stream[i].id, id) == 0)
            return &d->stream[i];
    return NULL;
}

struct dossier_entry *dossier_entry(const struct dossier_stream *s, int64_t seq)
{
    if (s == NULL)
        return NULL;
    if (s->whole)                /* usually it stands at its own number */
        return seq >= 0 && (uint64_t)seq < s->count && s->entry[seq].entry.seq == seq ? &s->entry[seq] : NULL;
    for (size_t i = 0; i < s->count; i++)
        if (s->entry[i].entry.seq == seq)
            return &s->entry[i];
    return NULL;
}

struct bytes dossier_attachment(const struct dossier *d, const uint8_t sha256[DIGEST_LEN])
{
    char hex[DIGEST_HEX];
    const struct zip_member key = {.name = hex_of(sha256, DIGEST_LEN, hex)};
    const struct zip_member *found = d->attachment_count == 0 ? NULL :
        bsearch(&key, d->attachment, d->attachment_count, sizeof key, compare_members);
    return found != NULL ? found->data : (struct bytes){NULL, 0};
}
