/* Rules 5 to 9, entry by entry: the chain, the statement, its signature, its place in the tree, its attachments. */
#include "dossier/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "crypto/digest.h"

#define SECOND_MS 1000

/* The entry under examination and the one before it in this dossier. */
struct step {
    struct verify *v;
    const struct dossier_stream *s;
    const struct dossier_entry *before;   /* NULL: none */
    struct dossier_entry *at;
    struct dossier_place place;
};

static bool same_hash(const uint8_t a[DIGEST_LEN], const uint8_t b[DIGEST_LEN])
{
    return memcmp(a, b, DIGEST_LEN) == 0;
}

static void check_names(struct step *p)
{
    if (strcmp(p->at->entry.origin, p->v->checkpoint.origin) != 0)
        verify_fault(p->v, p->place, 5, "the entry is of the log %.120s, the checkpoint of %.120s", p->at->entry.origin,
                     p->v->checkpoint.origin);
    if (strcmp(p->at->entry.stream, p->s->id) != 0)
        verify_fault(p->v, p->place, 5, "the entry names the stream %s", p->at->entry.stream);
}

static void check_link(struct step *p)
{
    const struct entry *e = &p->at->entry, *b = p->before != NULL ? &p->before->entry : NULL;
    uint8_t genesis[DIGEST_LEN];
    if (b != NULL && e->seq <= b->seq)
        verify_fault(p->v, p->place, 5, "the sequence number does not rise");
    if (p->s->whole && e->seq != (b != NULL ? b->seq + 1 : 0))
        verify_fault(p->v, p->place, 5, "there is a gap before this entry");
    if (b != NULL && e->time_ms <= b->time_ms)
        verify_fault(p->v, p->place, 5, "the time does not rise");
    if (b != NULL && e->seq == b->seq + 1 && !same_hash(e->prev, p->before->leaf))
        verify_fault(p->v, p->place, 5, "prev is not the hash of the entry before");
    if (e->seq == 0) {
        entry_genesis_hash(e->origin, e->stream, genesis);
        if (!same_hash(e->prev, genesis))
            verify_fault(p->v, p->place, 5, "prev is not the genesis hash");
    }
    if (p->v->verdict->time_ms != TIME_ABSENT && e->time_ms > p->v->verdict->time_ms + SECOND_MS)
        verify_fault(p->v, p->place, 5, "the entry is later than the time-stamp over the tree");
    verify_suite(p->v, p->place, 5, SUITE_RECORD, e->time_ms);
}

static void check_reviewed(struct step *p)
{
    const struct statement *s = &p->at->statement;
    uint8_t genesis[DIGEST_LEN];
    if (s->reviewed_seq == REVIEWED_NONE)
        return;
    if (s->reviewed_seq == REVIEWED_EMPTY) {
        entry_genesis_hash(p->at->entry.origin, p->s->id, genesis);
        if (!same_hash(s->reviewed_hash, genesis))
            verify_fault(p->v, p->place, 6, "reviewed is not the genesis hash");
        return;
    }
    const struct dossier_entry *seen = dossier_entry(p->s, s->reviewed_seq);
    if (s->reviewed_seq >= p->at->entry.seq)
        verify_fault(p->v, p->place, 6, "reviewed an entry that is not earlier");
    else if (seen != NULL && !same_hash(s->reviewed_hash, seen->leaf))
        verify_fault(p->v, p->place, 6, "reviewed another entry than number %lld", (long long)s->reviewed_seq);
}

static bool check_statement(struct step *p)
{
    struct dossier_entry *at = p->at;
    struct err e;
    if ((int64_t)at->stmt.len != at->entry.stmt_len || !same_hash(at->stmt_sha256, at->entry.stmt_sha256)) {
        verify_fault(p->v, p->place, 6, "the statement is not the one that the entry names");
        return false;
    }
    if (statement_parse(p->v->arena, (const char *)at->stmt.data, at->stmt.len, &at->statement, &e) != 0) {
        verify_refused(p->v, p->place, 6, &e);
        return false;
    }
    if (strcmp(at->statement.stream, p->s->id) != 0)
        verify_fault(p->v, p->place, 6, "the statement names the stream %s", at->statement.stream);
    check_reviewed(p);
    return true;
}

/* Rule 11, as far as it is about who says what: each kind of statement has its own meaning, and its own roles to sign it. */
static const struct verb_row *verb_of(const struct step *p)
{
    return p->v->recompute == NULL ? NULL : verb_find(p->at->statement.type);
}

static void check_meaning(struct step *p)
{
    const struct verb_row *verb = verb_of(p);
    struct err e;
    if (verb != NULL && verb_meaning_check(verb, meaning_word(p->at->statement.meaning), &e) != 0)
        verify_refused(p->v, p->place, 11, &e);
}

static bool is_entitled(struct step *p, const struct cms_signer *signer)
{
    const struct verb_row *verb = verb_of(p);
    struct err e;
    if (verb == NULL || verb_roles_check(verb, roles_from_text(signer->roles), &e) == 0)
        return true;
    verify_fault(p->v, p->place, 11, "signed by %s, whose certificate says \"%s\": %s", signer->person_id, signer->roles, e.text);
    return false;
}

static void check_signer(struct step *p)
{
    struct dossier_entry *at = p->at;
    struct cms_signer signer;
    struct err e;
    if (trust_has_held(p->v->trust, at->leaf))
        return;
    if (cms_verify_hashed(p->v->trust->cms, at->stmt, at->stmt_sha256, at->p7s, at->entry.time_ms, &signer, &e) != 0)
        verify_refused(p->v, p->place, 7, &e);
    else if (strcmp(signer.cert_sha256, at->statement.signer_cert) != 0 ||
             strcmp(signer.person_id, at->statement.signer) != 0)
        verify_fault(p->v, p->place, 7, "signed with the certificate of %s, not with the one that the statement names",
                     signer.person_id);
    else if (is_entitled(p, &signer))
        trust_hold(p->v->trust, at->leaf);
}

static void check_signature(struct step *p)
{
    struct dossier_entry *at = p->at;
    if (statement_is_act(&at->statement) != (at->entry.sig_len > 0)) {
        verify_fault(p->v, p->place, 7, "an act without signature, or a signature of no act");
        return;
    }
    if (at->entry.sig_len == 0)
        return;
    p->v->verdict->acts++;
    if ((int64_t)at->p7s.len != at->entry.sig_len || !same_hash(at->p7s_sha256, at->entry.sig_sha256))
        verify_fault(p->v, p->place, 7, "the signature is not the one that the entry names");
    else
        check_signer(p);
}

static void check_proof(struct step *p)
{
    if (p->before != NULL && p->at->index <= p->before->index)
        verify_fault(p->v, p->place, 5, "the leaf index does not rise");
    if (!merkle_climb(&p->v->climb, p->at->leaf, p->at->index, &p->at->proof))
        verify_fault(p->v, p->place, 8, "the entry is not proved to be in the checkpoint's tree");
}

static void check_attachments(struct step *p)
{
    for (size_t i = 0; i < p->at->entry.att_count; i++) {
        const struct attachment *a = &p->at->entry.att[i];
        struct bytes data = dossier_attachment(&p->v->d, a->sha256);
        uint8_t hash[DIGEST_LEN];
        if (data.data == NULL) {
            verify_fault(p->v, p->place, 9, "the attachment %s is not there", a->name);
            continue;
        }
        digest_sha256(data.data, data.len, hash);
        if ((int64_t)data.len != a->len || !same_hash(hash, a->sha256))
            verify_fault(p->v, p->place, 9, "the attachment %s is not the one that the entry names", a->name);
    }
}

static int compare_statements(const void *x, const void *y)
{
    const struct dossier_entry *a = *(const struct dossier_entry *const *)x, *b = *(const struct dossier_entry *const *)y;
    int order = memcmp(a->entry.stmt_sha256, b->entry.stmt_sha256, DIGEST_LEN);
    return order != 0 ? order : (a->entry.seq > b->entry.seq) - (a->entry.seq < b->entry.seq);
}

/* No statement enters a stream twice. */
static void check_unique(struct verify *v, const struct dossier_stream *s)
{
    const struct dossier_entry **order = ARENA_ARRAY(v->arena, const struct dossier_entry *, s->count);
    for (size_t i = 0; i < s->count; i++)
        order[i] = &s->entry[i];
    qsort(order, s->count, sizeof *order, compare_statements);
    for (size_t i = 1; i < s->count; i++)
        if (same_hash(order[i - 1]->entry.stmt_sha256, order[i]->entry.stmt_sha256))
            verify_fault(v, (struct dossier_place){s->id, order[i]->entry.seq}, 6, "the same statement as in entry %lld",
                         (long long)order[i - 1]->entry.seq);
}

void verify_stream(struct verify *v, struct dossier_stream *s)
{
    struct step p = {.v = v, .s = s};
    for (size_t i = 0; i < s->count; i++) {
        p.before = p.at;
        p.at = &s->entry[i];
        p.place = (struct dossier_place){s->id, p.at->entry.seq};
        check_names(&p);
        check_link(&p);
        if (check_statement(&p)) {
            check_meaning(&p);
            check_signature(&p);
        }
        check_proof(&p);
        check_attachments(&p);
    }
    check_unique(v, s);
    v->verdict->entries += s->count;
}
