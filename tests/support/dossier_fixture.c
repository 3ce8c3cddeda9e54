#include "support/dossier_fixture.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "ledger/stamps.h"
#include "unit/crypto/pki_forge.h"

#define MINUTE_MS 60000
#define HOUR_MS 3600000
#define DAY_MS (24LL * HOUR_MS)

enum { B, D, P, SYS };

/* What one entry is to say. */
struct wish {
    int stream;
    const char *type, *body;
    bool act;
    const char *attachment;      /* contents, NULL: none; two for a stamp */
    struct bytes second;
};

static struct bytes text_bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static int64_t tick(struct fixture *f)
{
    f->now_ms += 1000;
    clock_set(f->now_ms);
    return f->now_ms;
}

static void noise(struct fixture *f, size_t n)
{
    for (; n > 0; n--, f->leaf_count++)
        digest_sha256(&f->leaf_count, sizeof f->leaf_count, f->leaf[f->leaf_count]);
}

static struct merkle_source tree(struct fixture *f)
{
    if (f->tree_count != f->leaf_count)
        f->tree = merkle_array(f->a, (const uint8_t(*)[DIGEST_LEN])f->leaf, f->leaf_count);
    f->tree_count = f->leaf_count;
    return f->tree;
}

struct bytes fixture_checkpoint(struct fixture *f, const struct key *key, uint64_t size)
{
    uint8_t root[DIGEST_LEN], sig[NOTE_SIGNATURE_LEN], public[NOTE_PUBLIC_LEN];
    struct merkle_source src = tree(f);
    struct err e;
    assert_int_equal(merkle_root(&src, size, root, &e), 0);
    struct bytes body = note_body(f->a, f->origin, size, root);
    assert_int_equal(key_note_sign(key, body, sig, &e), 0);
    assert_true(key_note_public(key, public));
    struct note_key note = note_key_make(f->a, f->origin, NOTE_KEY_ED25519, public);
    return note_text(f->a, body, note_line_text(f->a, &note, sig));
}

struct bytes fixture_token(struct fixture *f, struct bytes data, int64_t at_ms)
{
    const struct tsp_authority tsa = {f->use_brief ? f->brief : f->pki->stamp, f->pki->stamp_key, "1.3.6.1.4.1.99999.1", 500};
    uint8_t imprint[DIGEST_LEN];
    struct bytes request, reply;
    struct err e;
    digest_sha256(data.data, data.len, imprint);
    clock_set(at_ms);
    assert_int_equal(tsp_request(f->a, imprint, true, &request, &e), 0);
    assert_int_equal(tsp_reply(f->a, &tsa, request, 7, &reply, &e), 0);
    clock_set(f->now_ms);
    return reply;
}

static bool spoiled_here(struct fixture *f, const struct wish *w, enum spoil spoil)
{
    return f->spoil == spoil && w->stream == B && f->stream[B].count == (spoil == SPOIL_GENESIS ? 0 : 3);
}

static void attach(struct fixture *f, struct attachment *ret, const char *name, struct bytes data)
{
    ret->name = name;
    ret->len = (int64_t)data.len;
    digest_sha256(data.data, data.len, ret->sha256);
    f->attachment[f->attachment_count++] = (struct zip_member){.name = hex_text(f->a, ret->sha256, DIGEST_LEN), .data = data};
}

/* Bodies of one length, each wrong in its own way; they stand in the place of entry 3's when it has been built. */
#define BODY_LEN 21
static const struct {
    enum spoil spoil;
    char body[BODY_LEN + 1];
} bodies[] = {
    {SPOIL_BODY, "[\"volume_ml\":\"12.0\"}\n"},
    {SPOIL_BODY_UTF8, "{\"a\":\"\341\303\251\200\200_______\"}\n"},
    {SPOIL_BODY_NUL, "{\"a\":\"\0___________\"}\n"},
};

static void spoil_body(struct fixture *f, const struct wish *w, struct bytes *stmt)
{
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (spoiled_here(f, w, bodies[i].spoil)) {
            char *changed = arena_dup(f->a, stmt->data, stmt->len);
            assert_int_equal(strlen(w->body), BODY_LEN);
            memcpy(changed + stmt->len - BODY_LEN, bodies[i].body, BODY_LEN);
            stmt->data = (const uint8_t *)changed;
        }
}

/* The statement ${text}, the second of whose time is written as 60. */
static struct bytes leap(struct fixture *f, struct bytes text)
{
    static const char line[] = "\nat 2026-03-02T08:00:";
    char *changed = arena_dup(f->a, text.data, text.len), *at = strstr(changed, line);
    assert_non_null(at);
    memcpy(at + sizeof line - 1, "60", 2);
    return (struct bytes){(const uint8_t *)changed, text.len};
}

static void state(struct fixture *f, const struct wish *w, struct bytes *ret)
{
    struct fixture_stream *s = &f->stream[w->stream];
    char command[COMMAND_HEX];
    struct err e;
    bool act = (w->act || spoiled_here(f, w, SPOIL_SIGNER)) && !spoiled_here(f, w, SPOIL_SIGNED_OBSERVATION);
    struct statement t = {.type = w->type, .stream = s->id, .actor = act ? "U-7" : "T-3", .terminal = "T-3",
                          .signer = act ? "U-7" : "batch", .reviewed_seq = act ? (int64_t)s->count - 1 : REVIEWED_NONE,
                          .rendered = act, .template_id = "verb", .template_version = 1, .at_ms = f->now_ms,
                          .command = command, .body = text_bytes(w->body)};
    command_new(command);
    if (act) {
        const struct verb_row *verb = verb_find(w->type);
        const char *meaning = verb == NULL || verb->kind != VERB_ACT ? "performed" : spoiled_here(f, w, SPOIL_MEANING) ? "approved" : verb->meaning;
        t.meaning = meaning_from_word(meaning, strlen(meaning));
        t.signer_cert = certificate_facts(spoiled_here(f, w, SPOIL_KEY_USAGE) ? f->narrow : f->pki->person)->sha256;
        if (s->count == 0)
            entry_genesis_hash(f->origin, s->id, t.reviewed_hash);
        else
            memcpy(t.reviewed_hash, s->entry[s->count - 1].leaf, DIGEST_LEN);
    }
    if (spoiled_here(f, w, SPOIL_STATEMENT_STREAM))
        t.stream = "B-2";
    if (spoiled_here(f, w, SPOIL_REVIEWED_HASH))
        t.reviewed_hash[0] ^= 1;
    if (spoiled_here(f, w, SPOIL_REVIEWED_LATER))
        t.reviewed_seq = 3;
    if (spoiled_here(f, w, SPOIL_STATEMENT_TWICE))
        *ret = s->entry[1].stmt;
    else
        assert_int_equal(statement_build(f->a, &t, ret, &e), 0);
    if (spoiled_here(f, w, SPOIL_LEAP_SECOND))
        *ret = leap(f, *ret);
    spoil_body(f, w, ret);
}

static void spoil_signature(struct fixture *f, const struct wish *w, struct bytes stmt, struct bytes *p7s)
{
    if (spoiled_here(f, w, SPOIL_NO_ATTRIBUTES))
        *p7s = pki_without_attributes(f->pki, stmt);
    if (spoiled_here(f, w, SPOIL_ESS))
        *p7s = pki_sign_for(f->pki, stmt, f->now_ms, f->pki->audit);
    if (spoiled_here(f, w, SPOIL_CERTIFICATES))
        *p7s = pki_certificates_turned(f->pki, *p7s);
    if (spoiled_here(f, w, SPOIL_BER))
        *p7s = pki_long_length(f->pki, *p7s);
}

static struct bytes sign(struct fixture *f, const struct wish *w, struct bytes stmt)
{
    struct bytes p7s = {NULL, 0};
    struct err e;
    if ((!w->act && !spoiled_here(f, w, SPOIL_SIGNED_OBSERVATION)) || spoiled_here(f, w, SPOIL_UNSIGNED))
        return p7s;
    struct signing_key key = f->pki->person_signs;
    struct certificate *other = NULL;
    if (spoiled_here(f, w, SPOIL_SIGNER)) {
        other = pki_person(f->pki, "U-8", key.key, 30);
        key.certificate = other;
    }
    if (spoiled_here(f, w, SPOIL_KEY_USAGE))
        key.certificate = f->narrow;
    assert_int_equal(cms_sign(f->a, &key, stmt, f->now_ms, &p7s, &e), 0);
    spoil_signature(f, w, stmt, &p7s);
    certificate_free(other);
    return p7s;
}

/* An entry of B-1 comes behind the recorded time-stamp. */
static bool is_behind(const struct fixture *f)
{
    return f->spoil == SPOIL_BACKDATED || f->spoil == SPOIL_SLOW;
}

static void position(struct fixture *f, const struct wish *w, struct dossier_entry *d)
{
    struct fixture_stream *s = &f->stream[w->stream];
    struct attachment att[2];
    struct err e;
    struct entry entry = {.origin = f->origin, .stream = s->id, .seq = (int64_t)s->count, .time_ms = f->now_ms, .att = att};
    if (s->count == 0)
        entry_genesis_hash(f->origin, s->id, entry.prev);
    else
        memcpy(entry.prev, s->entry[s->count - 1].leaf, DIGEST_LEN);
    digest_sha256(d->stmt.data, d->stmt.len, entry.stmt_sha256);
    entry.stmt_len = (int64_t)d->stmt.len;
    entry.sig_len = (int64_t)d->p7s.len;
    if (d->p7s.len > 0)
        digest_sha256(d->p7s.data, d->p7s.len, entry.sig_sha256);
    if (w->attachment != NULL)
        attach(f, &att[entry.att_count++], w->second.data != NULL ? STAMP_ATT_CHECKPOINT : "count.csv",
               text_bytes(w->attachment));
    if (w->second.data != NULL)
        attach(f, &att[entry.att_count++], STAMP_ATT_TOKEN, w->second);
    entry.prev[0] ^= spoiled_here(f, w, SPOIL_PREV) || spoiled_here(f, w, SPOIL_GENESIS);
    if (spoiled_here(f, w, SPOIL_TIME))
        entry.time_ms -= 1000;
    if (spoiled_here(f, w, SPOIL_ORIGIN))
        entry.origin = "other.example/2026";
    if (spoiled_here(f, w, SPOIL_STREAM))
        entry.stream = "B-2";
    if (f->spoil == SPOIL_LATE && w->stream == B && s->count == 4)
        entry.time_ms += HOUR_MS * 100;
    if (is_behind(f) && w->stream == B && s->count == 5)
        entry.time_ms -= (f->spoil == SPOIL_BACKDATED ? 11 : 9) * MINUTE_MS;
    assert_int_equal(entry_build(f->a, &entry, &d->text, &e), 0);
}

static void append(struct fixture *f, const struct wish *w)
{
    struct fixture_stream *s = &f->stream[w->stream];
    struct dossier_entry *d = &s->entry[s->count];
    tick(f);
    state(f, w, &d->stmt);
    d->p7s = sign(f, w, d->stmt);
    if (spoiled_here(f, w, SPOIL_FORGED_ATTRIBUTES))
        d->p7s = pki_from_attributes(f->pki, d->p7s, &d->stmt);
    position(f, w, d);
    entry_leaf_hash(d->text.data, d->text.len, d->leaf);
    d->index = f->leaf_count;
    memcpy(f->leaf[f->leaf_count], d->leaf, DIGEST_LEN);
    f->leaf[f->leaf_count++][0] ^= spoiled_here(f, w, SPOIL_UNLOGGED);
    s->count++;
}

/* A longer life: acts of the bench, and other streams' entries between them. */
static void live_on(struct fixture *f, size_t acts, size_t leaves)
{
    for (size_t i = 0; i < acts; i++) {
        noise(f, leaves / (acts + 1));
        append(f, &(struct wish){B, "batch.note", arena_printf(f->a, "{\"remark\":\"confluence %zu %%, medium changed, 12.0 mL of lot "
            "M-2026000%03zu added at 37 \xc2\xb0""C, flask %zu back in incubator 2\",\"volume_ml\":\"12.0\"}\n", i % 100, i, i), .act = true});
    }
    noise(f, acts > 0 ? leaves / (acts + 1) : 0);
}

static void live(struct fixture *f)
{
    noise(f, 3);
    append(f, &(struct wish){P, "batch.procedure_author", "{\"title\":\"Ficoll\"}\n", .act = true});
    append(f, &(struct wish){P, "batch.procedure_approve", "{\"version\":1}\n", .act = true});
    append(f, &(struct wish){D, "source.note", "{}\n", .act = false});
    append(f, &(struct wish){B, "batch.open", "{\"procedure\":\"P-1\"}\n", .act = true});
    append(f, &(struct wish){B, f->spoil == SPOIL_TYPE ? "custody.scan" : "batch.reading", "{\"code\":\"x\"}\n", .attachment = "cells,viability\n1,97\n"});
    noise(f, 4);
    append(f, &(struct wish){B, "batch.note", "{\"viability\":\"97.5\"}\n", .act = true});
    bool act = f->spoil == SPOIL_REVIEWED_HASH || f->spoil == SPOIL_REVIEWED_LATER || f->spoil == SPOIL_MEANING || f->spoil == SPOIL_ROLE ||
               (f->spoil >= SPOIL_KEY_USAGE && f->spoil <= SPOIL_UNSIGNED);
    append(f, &(struct wish){B, f->spoil == SPOIL_ROLE ? "access.person_close" : act || f->spoil == SPOIL_NO_ACT ? "batch.note" : "batch.reading",
                             "{\"volume_ml\":\"12.0\"}\n", .act = act});
    append(f, &(struct wish){B, "batch.note", "{\"remark\":\"caf\xc3\xa9 10\xc2\xb5L\"}\n", .act = true});
    noise(f, 5);
}

static bool is_long(const struct fixture *f)
{
    return f->spoil >= LONG_RENEWED && f->spoil <= LONG_RENEWED_EARLY;
}

static void stamp_at(struct fixture *f, uint64_t size)
{
    struct merkle_source src = tree(f);
    uint8_t root[DIGEST_LEN];
    struct err e;
    assert_int_equal(merkle_root(&src, size, root, &e), 0);
    root[0] ^= f->spoil == SPOIL_STAMP_ROOT;
    struct bytes checkpoint = fixture_checkpoint(f, f->spoil == SPOIL_STAMP_KEY ? f->witness_key : f->log_key, size);
    bool second = f->d.stamp_count > 0;
    int64_t early_ms = f->spoil == SPOIL_STAMP_EARLY ? 40000 : f->spoil == LONG_RENEWED_EARLY && second ? 20 * DAY_MS + 60000 : 0;
    struct bytes token = fixture_token(f, checkpoint, f->now_ms - early_ms);
    append(f, &(struct wish){SYS, STAMP_TYPE, (const char *)stamps_body(f->a, root, size).data,
                             .attachment = (const char *)checkpoint.data, .second = token});
    f->d.stamp[f->d.stamp_count++] = (struct dossier_stamp){.sys_seq = (int64_t)f->stream[SYS].count - 1, .size = size};
}

static void pass(struct fixture *f, int days)
{
    f->now_ms += days * DAY_MS;
    clock_set(f->now_ms);
}

/* Time passes, and with it the certificate of the authority that stamped the acts. */
static void grow_old(struct fixture *f)
{
    uint64_t beside = f->d.stamp[0].size + 2;
    f->use_brief = false;
    pass(f, f->spoil == LONG_RENEWED_LATE ? 40 : 20);
    noise(f, 3);
    if (f->spoil != LONG_UNRENEWED)
        stamp_at(f, f->spoil == LONG_RENEWED_BESIDE ? beside : f->leaf_count);
    pass(f, f->spoil == LONG_RENEWED_LATE ? 20 : 40);
}

static void stamp(struct fixture *f)
{
    uint64_t size = f->leaf_count;
    f->d.stamp = ARENA_ARRAY(f->a, struct dossier_stamp, 2);
    f->use_brief = is_long(f);
    noise(f, is_long(f) ? 4 : 0);
    f->now_ms += is_behind(f) ? 15 * MINUTE_MS : 0;
    append(f, &(struct wish){SYS, "log.start", "{}\n", .act = false});
    stamp_at(f, size);
    if (is_behind(f))
        append(f, &(struct wish){B, "batch.reading", "{\"volume_ml\":\"11.0\"}\n", .act = false});
    if (is_long(f))
        grow_old(f);
}

static void take_heads(struct fixture *f)
{
    struct head head[FIXTURE_STREAMS];
    struct dossier_heads *h = &f->d.heads;
    struct err e;
    for (int i = 0; i < FIXTURE_STREAMS; i++) {
        const struct fixture_stream *s = &f->stream[i];
        head[i] = (struct head){.stream = s->id, .seq = (int64_t)s->count - 1};
        memcpy(head[i].leaf, s->entry[s->count - 1].leaf, DIGEST_LEN);
    }
    heads_sort(head, FIXTURE_STREAMS);
    h->sys_seq = (int64_t)f->stream[SYS].count;
    h->size = f->leaf_count;
    h->streams = FIXTURE_STREAMS;
    h->index = heads_find(head, FIXTURE_STREAMS, "B-1");
    h->line = head[h->index];
    assert_int_equal(heads_root(f->a, head, FIXTURE_STREAMS, h->root, &e), 0);
    assert_int_equal(heads_proof(f->a, head, FIXTURE_STREAMS, h->index, &h->proof, &e), 0);
    uint8_t root[DIGEST_LEN];
    memcpy(root, h->root, DIGEST_LEN);
    root[0] ^= f->spoil == SPOIL_HEADS_BODY;
    append(f, &(struct wish){SYS, HEADS_TYPE, (const char *)heads_body(f->a, root, h->size, h->streams).data, .act = false});
}

static void close_log(struct fixture *f)
{
    uint8_t sig[NOTE_SIGNATURE_LEN];
    struct checkpoint c;
    struct err e;
    noise(f, 2);
    f->now_ms += f->spoil == SPOIL_HEADS_OLD ? 26 * HOUR_MS : 1000;
    clock_set(f->now_ms);
    f->d.size = f->leaf_count;
    f->d.checkpoint = fixture_checkpoint(f, f->log_key, f->leaf_count);
    f->d.token = fixture_token(f, f->d.checkpoint, f->now_ms);
    assert_int_equal(note_parse(f->a, (const char *)f->d.checkpoint.data, f->d.checkpoint.len, &c, &e), 0);
    uint64_t time_s = (uint64_t)f->now_ms / 1000;
    assert_int_equal(key_note_sign(f->witness_key, cosignature_message(f->a, c.body, time_s), sig, &e), 0);
    f->d.cosignatures = note_text(f->a, c.body, cosignature_line_text(f->a, &f->witness_note, time_s, sig));
}

static void take_stream(struct fixture *f, struct dossier_stream *ret, int from, bool whole, size_t first, size_t count)
{
    struct merkle_source src = tree(f);
    struct err e;
    *ret = (struct dossier_stream){f->stream[from].id, whole, ARENA_ARRAY(f->a, struct dossier_entry, count + 1), count};
    for (size_t i = 0; i < count; i++) {
        ret->entry[i] = f->stream[from].entry[first + i];
        assert_int_equal(merkle_inclusion_make(f->a, &src, ret->entry[i].index, f->d.size, &ret->entry[i].proof, &e), 0);
    }
}

static int sign_manifest(void *ctx, struct arena *a, struct bytes manifest, struct bytes *ret_p7s, struct err *e)
{
    struct fixture *f = ctx;
    return cms_sign(a, &f->pki->audit_signs, manifest, f->now_ms, ret_p7s, e);
}

static int compare_members(const void *x, const void *y)
{
    return strcmp(((const struct zip_member *)x)->name, ((const struct zip_member *)y)->name);
}

static void enclose_pki(struct fixture *f, int64_t from_ms)
{
    struct zip_member *pki = ARENA_ARRAY(f->a, struct zip_member, 4);
    struct ca ca = {f->pki->issuing, f->pki->issuing_key};
    struct ca_revoked revoked = {certificate_facts(f->pki->person)->serial, from_ms, 1};
    struct err e;
    if (f->spoil == SPOIL_REVOKED_LATER)
        revoked.at_ms = f->now_ms;
    size_t n = f->spoil == SPOIL_REVOKED || f->spoil == SPOIL_REVOKED_LATER ? 1 : 0;
    pki[0] = (struct zip_member){.name = "issuing.pem", .data = text_bytes(certificate_to_pem(f->a, f->pki->issuing))};
    pki[1].name = "issuing.crl";
    assert_int_equal(ca_crl(f->a, &ca, &revoked, n, 2, &pki[1].data, &e), 0);
    ca = (struct ca){f->pki->root, f->pki->root_key};
    revoked.serial = certificate_facts(f->pki->issuing)->serial;
    pki[2].name = "root.crl";
    assert_int_equal(ca_crl(f->a, &ca, &revoked, f->spoil == SPOIL_REVOKED_CA, 2, &pki[2].data, &e), 0);
    ca = (struct ca){f->pki->issuing, f->pki->issuing_key};
    revoked.serial = certificate_facts(f->pki->person)->serial;
    pki[3].name = "second.crl";
    assert_int_equal(ca_crl(f->a, &ca, &revoked, f->spoil == SPOIL_REVOKED_NUMBER, 3, &pki[3].data, &e), 0);
    f->d.pki = pki;
    f->d.pki_count = f->spoil == SPOIL_REVOKED_NUMBER ? 4 : 3;
}

static void collect(struct fixture *f)
{
    struct merkle_source src = tree(f);
    struct err e;
    f->d.subject = "B-1";
    f->d.stream = ARENA_ARRAY(f->a, struct dossier_stream, 3);
    f->d.stream_count = 3;
    take_stream(f, &f->d.stream[0], B, true, 0, f->stream[B].count);
    take_stream(f, &f->d.stream[1], P, false, 1, 1);
    take_stream(f, &f->d.stream[2], SYS, false, 1, f->stream[SYS].count - 1);
    for (size_t i = 0; i < f->d.stamp_count; i++)
        assert_int_equal(merkle_consistency_make(f->a, &src, f->d.stamp[i].size, f->d.size, &f->d.stamp[i].consistency, &e), 0);
    qsort(f->attachment, f->attachment_count, sizeof *f->attachment, compare_members);
    f->d.attachment = f->attachment;
    f->d.attachment_count = f->attachment_count;
    f->d.pdf = text_bytes("%PDF-1.7\n");
    f->signer = (struct dossier_signer){sign_manifest, f};
}

static void make_keys(struct fixture *f)
{
    uint8_t public[NOTE_PUBLIC_LEN];
    struct err e;
    f->pki = pki_new();
    struct ca stamp_root = {f->pki->stamp_root, f->pki->stamp_root_key};
    struct ca_request brief = {CA_STAMP, "Time-stamps of 30 days", NULL, NULL, 30};
    assert_int_equal(ca_issue(&stamp_root, &brief, f->pki->stamp_key, &f->brief, &e), 0);
    f->narrow = pki_narrow(f->pki, "Digital Signature, Non Repudiation", "U-7");
    f->as_of_ms = TIME_ABSENT;
    assert_int_equal(key_new(KEY_ED25519, &f->log_key, &e), 0);
    assert_int_equal(key_new(KEY_ED25519, &f->witness_key, &e), 0);
    key_note_public(f->witness_key, public);
    f->witness_note = note_key_make(f->a, "witness.example/north", NOTE_KEY_COSIGNATURE, public);
    key_note_public(f->log_key, public);
    f->log_note = note_key_make(f->a, f->origin, NOTE_KEY_ED25519, public);
    f->trust = (struct trust_files){certificate_to_pem(f->a, f->pki->root), certificate_to_pem(f->a, f->pki->stamp_root),
                                    key_note_public_pem(f->a, public, &e),
                                    arena_printf(f->a, "%s\n", note_vkey_text(f->a, &f->witness_note))};
}

static struct fixture *lab(enum spoil spoil, size_t acts, size_t leaves)
{
    static const char *const ids[FIXTURE_STREAMS] = {"B-1", "D-9", "P-1", "SYS"};
    struct fixture *f = calloc(1, sizeof *f);
    assert_true(clock_from_text("2026-03-02T08:00:00.000Z", 24, &f->now_ms));
    f->spoil = spoil;
    f->a = arena_new((size_t)1 << 30);
    f->leaf = arena_alloc(f->a, (FIXTURE_LEAVES + acts + leaves) * DIGEST_LEN);
    f->origin = "stemma.lab.example/2026";
    clock_set(f->now_ms);
    for (int i = 0; i < FIXTURE_STREAMS; i++)
        f->stream[i] = (struct fixture_stream){ids[i], ARENA_ARRAY(f->a, struct dossier_entry, FIXTURE_ENTRIES + acts), 0};
    make_keys(f);
    int64_t from_ms = tick(f);
    live(f);
    live_on(f, acts, leaves);
    stamp(f);
    take_heads(f);
    close_log(f);
    collect(f);
    enclose_pki(f, from_ms);
    return f;
}

struct fixture *fixture_new(enum spoil spoil)
{
    return lab(spoil, 0, 0);
}

struct fixture *fixture_large(size_t acts, size_t leaves)
{
    return lab(SPOIL_NONE, acts, leaves);
}

void fixture_free(struct fixture *f)
{
    clock_set(TIME_ABSENT);
    certificate_free(f->brief);
    certificate_free(f->narrow);
    key_free(f->log_key);
    key_free(f->witness_key);
    pki_free(f->pki);
    arena_free(f->a);
    free(f);
}

struct bytes fixture_file(struct fixture *f)
{
    struct bytes file;
    struct err e;
    if (dossier_write(f->a, &f->d, &f->signer, &file, &e) != 0)
        fail_msg("%s", e.text);
    return file;
}

const char *fixture_judge(struct fixture *f, struct bytes file)
{
    struct trust trust;
    struct findings verdict;
    struct err e;
    struct buf b = buf_new(f->a);
    if (trust_open(f->a, &f->trust, &trust, &e) != 0)
        fail_msg("%s", e.text);
    if (f->suites != NULL && trust_with_suites(&trust, f->suites, &e) != 0)
        fail_msg("%s", e.text);
    trust.as_of_ms = f->as_of_ms;
    dossier_verify(f->a, file, &trust, NULL, &verdict);
    for (size_t i = 0; i < verdict.fault_count; i++)
        buf_printf(&b, "%s\n", fault_text(f->a, &verdict.fault[i]));
    trust_close(&trust);
    return b.text;
}

static void write_file(struct fixture *f, const char *dir, const char *name, struct bytes data)
{
    FILE *out = fopen(arena_printf(f->a, "%s/%s", dir, name), "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data.data, 1, data.len, out), data.len);
    fclose(out);
}

void fixture_folder(struct fixture *f, const char *dir)
{
    mkdir(arena_printf(f->a, "%s/trust", dir), 0700);
    write_file(f, dir, "dossier.asice", fixture_file(f));
    write_file(f, dir, "trust/lab-root.pem", text_bytes(f->trust.lab_root));
    write_file(f, dir, "trust/tsa-root.pem", text_bytes(f->trust.tsa_root));
    write_file(f, dir, "trust/log.pub.pem", text_bytes(f->trust.log_key));
    write_file(f, dir, "trust/witnesses.txt", text_bytes(f->trust.witnesses));
    if (f->suites != NULL)
        write_file(f, dir, "trust/suites.txt", text_bytes(f->suites));
}
