/* Statements of verbs: what a person signs is what the service would record, byte for byte (design.md 2.3). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/entry.h"
#include "service/work.h"

#define AT_BEFORE_MS (15 * 60 * 1000)   /* ledger.md 2.8: a claimed time lies in [now - 15 min, now + 2 s] */
#define AT_AFTER_MS 2000

int act_check(struct work *w, const struct bytes *reviewed_leaf, struct err *e)
{
    const struct statement *s = &w->statement;
    struct call *c = &w->call;
    if (strcmp(s->signer, c->who->person_id) != 0 || strcmp(s->terminal, c->who->terminal_id) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "actor", "R01", "%s at %s signed, the session is of %s at %s", s->signer,
                         s->terminal, c->who->person_id, c->who->terminal_id);
    if (c->who->certificate_sha256 == NULL || strcmp(s->signer_cert, c->who->certificate_sha256) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", "", "not the registered certificate of %s", s->signer);
    if (strcmp(w->signer.cert_sha256, s->signer_cert) != 0 || strcmp(w->signer.person_id, s->signer) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signature", "", "made by another certificate than the header names");
    if (s->at_ms < c->now_ms - AT_BEFORE_MS || s->at_ms > c->now_ms + AT_AFTER_MS)
        return err_raise(e, ERR_TIME_REFUSED, "at", "R16", "claimed %" PRId64 " s away from the lab's time",
                         (s->at_ms - c->now_ms) / 1000);
    bool at_head = s->reviewed_seq == c->head.seq && memcmp(s->reviewed_hash, c->head.leaf, DIGEST_LEN) == 0;
    if (!at_head && (c->verb->flags & VERB_FRESH) != 0)
        return err_raise(e, ERR_HEAD_STALE, "reviewed", "", "you saw entry %" PRId64 ", the last one is now %" PRId64,
                         s->reviewed_seq, c->head.seq);
    if (!at_head && (s->reviewed_seq >= c->head.seq || reviewed_leaf->len != DIGEST_LEN ||
                     memcmp(reviewed_leaf->data, s->reviewed_hash, DIGEST_LEN) != 0))
        return err_raise(e, ERR_HEAD_STALE, "reviewed", "", "entry %" PRId64 " is not what was reviewed", s->reviewed_seq);
    c->reviewed_seq = s->reviewed_seq;
    return 0;
}

void act_tell_since(struct work *w, const struct db_rows *since)
{
    struct buf text = buf_new(w->call.arena);
    buf_put(&text, w->err.text);
    for (int i = 0; i < since->rows && i < SINCE_TOLD; i++) {
        struct statement s;
        struct err e;
        struct bytes b = db_cell(since, i, "statement");
        if (statement_parse(w->call.arena, (const char *)b.data, b.len, &s, &e) == 0)
            buf_printf(&text, "%s %" PRId64 " %s by %s", i == 0 ? ":" : ",", db_cell_int(since, i, "seq"), s.type, s.actor);
    }
    buf_put(&text, since->rows > SINCE_TOLD ? " and others" : "");
    snprintf(w->err.text, sizeof w->err.text, "%s", text.text);
}

static void state_who(struct work *w, const char *service, struct statement *s)
{
    struct call *c = &w->call;
    bool act = c->verb->kind == VERB_ACT;
    s->actor = c->who->person_id;
    s->terminal = c->who->terminal_id;
    s->signer_cert = act ? c->who->certificate_sha256 : NULL;
    s->signer = act ? c->who->person_id : service;
    s->meaning = act ? meaning_from_word(c->verb->meaning, strlen(c->verb->meaning)) : MEANING_RECORDED;
    s->reviewed_seq = act ? c->reviewed_seq : REVIEWED_NONE;
}

int act_state(struct work *w, const char *service, struct err *e)
{
    struct call *c = &w->call;
    struct statement s = {.type = c->verb->name, .stream = c->stream, .command = c->command, .at_ms = c->now_ms};
    state_who(w, service, &s);
    if (c->verb->kind == VERB_ACT) {
        struct buf text = buf_new(c->arena);
        verb_render(&text, c->verb, c->stream, c->in);
        s.rendered = true;
        digest_sha256(text.text, text.len, s.rendered_sha256);
        s.template_id = "verb";
        s.template_version = 1;
        if (s.signer_cert == NULL)
            return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", "", "%s has no registered certificate", s.actor);
        memcpy(s.reviewed_hash, c->head.leaf, DIGEST_LEN);
        if (c->phase == PHASE_COMMIT) {
            s.at_ms = w->statement.at_ms;
            memcpy(s.reviewed_hash, w->statement.reviewed_hash, DIGEST_LEN);
        }
    }
    struct buf body = buf_new(c->arena);
    record_to_json(&body, c->verb->in, c->in, RECORD_STATEMENT);
    buf_char(&body, '\n');
    s.body = (struct bytes){(const uint8_t *)body.text, body.len};
    struct bytes built;
    int code = statement_build(c->arena, &s, &built, e);
    if (code != 0)
        return code;
    if (c->phase == PHASE_COMMIT &&
        (built.len != c->statement.len || memcmp(built.data, c->statement.data, built.len) != 0))
        return err_raise(e, ERR_STATEMENT_DIFFERS, "statement", "",
                         "the lab would record this act otherwise now; prepare it again and look at the difference");
    c->statement = built;
    return 0;
}

int act_enter(struct work *w, const char *origin, struct err *e)
{
    struct call *c = &w->call;
    struct entry entry = {.origin = origin, .stream = c->stream, .seq = c->head.seq + 1,
                          .time_ms = entry_time_after(c->head.time_ms, c->now_ms),
                          .stmt_len = (int64_t)c->statement.len, .sig_len = (int64_t)c->signature.len};
    struct attachment named[CALL_ATTACHMENTS_MAX];
    memcpy(entry.prev, c->head.leaf, DIGEST_LEN);
    digest_sha256(c->statement.data, c->statement.len, entry.stmt_sha256);
    if (c->signature.len > 0)
        digest_sha256(c->signature.data, c->signature.len, entry.sig_sha256);
    for (size_t i = 0; i < c->attachment_count; i++) {
        named[i] = (struct attachment){.name = c->attachments[i].name, .len = (int64_t)c->attachments[i].data.len};
        digest_sha256(c->attachments[i].data.data, c->attachments[i].data.len, named[i].sha256);
    }
    entry.att = named;
    entry.att_count = c->attachment_count;
    int code = entry_build(c->arena, &entry, &w->entry, e);
    if (code != 0)
        return code;
    c->seq = entry.seq;
    c->time_ms = entry.time_ms;
    entry_leaf_hash(w->entry.data, w->entry.len, c->leaf);
    return 0;
}

/* a file is told by its digest, which the record has beside it */
static const void *without_files(struct arena *a, const struct record_type *type, const void *in)
{
    void *record = record_new(a, type);
    memcpy(record, in, type->size);
    for (size_t i = 0; i < type->count; i++)
        if ((type->fields[i].flags & FLAG_ATTACHED) != 0)
            *(struct bytes *)record_at(type, i, record) = (struct bytes){NULL, 0};
    return record;
}

bool act_same_command(struct work *w, const char *stored, size_t len)
{
    struct call *c = &w->call;
    if (c->phase == PHASE_COMMIT)
        return len == c->statement.len && memcmp(stored, c->statement.data, len) == 0;
    struct statement s;
    struct err e;
    if (statement_parse(c->arena, stored, len, &s, &e) != 0 || strcmp(s.type, c->verb->name) != 0 ||
        strcmp(s.stream, c->stream) != 0)
        return false;
    void *was = record_new(c->arena, c->verb->in);
    if (record_from_json(c->arena, c->verb->in, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, was, &e) != 0)
        return false;
    struct buf then = buf_new(c->arena), now = buf_new(c->arena);
    record_to_json(&then, c->verb->in, was, RECORD_CLIENT);
    record_to_json(&now, c->verb->in, without_files(c->arena, c->verb->in, c->in), RECORD_CLIENT);
    return then.len == now.len && memcmp(then.text, now.text, now.len) == 0;
}
