#include "checkpoint_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "db/log_source.h"
#include "reread.h"
#include "sequencer.h"
#include "service/clock_rules.h"
#include "service/metrics.h"
#include "stamper.h"

#define FILE_MAX 65536

static int read_file(struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return err_fault(e, "%s cannot be read", path);
    uint8_t *data = arena_alloc(a, FILE_MAX + 1);
    size_t len = fread(data, 1, FILE_MAX, f);
    fclose(f);
    *ret = (struct bytes){data, len};
    return 0;
}

static int read_witness_keys(struct checkpoint_maker *m, struct err *e)
{
    struct bytes text;
    if (sequencer_config.witness_keys[0] == '\0')
        return 0;
    int r = read_file(m->arena, sequencer_config.witness_keys, &text, e);
    const char *at = (const char *)text.data, *end = r == 0 ? at + text.len : at;
    while (r == 0 && at < end) {
        size_t len = strcspn(at, "\n");
        if (len > 0 && m->witness_count == WITNESSES_MAX)
            return err_fault(e, "more than %d witnesses", WITNESSES_MAX);
        if (len > 0)
            r = note_vkey_parse(m->arena, at, len, &m->witness[m->witness_count++], e);
        at += len + 1;
    }
    return r;
}

static int read_log_key(struct checkpoint_maker *m, struct err *e)
{
    struct bytes pem;
    uint8_t public_key[NOTE_PUBLIC];
    int r = read_file(m->arena, sequencer_config.log_key, &pem, e);
    if (r == 0)
        r = key_note_public_from_pem(pem, public_key, e);
    if (r == 0)
        m->log = note_key_make(m->arena, sequencer_config.common.origin, NOTE_KEY_ED25519, public_key);
    return r;
}

static int read_authorities(struct checkpoint_maker *m, struct err *e)
{
    struct bytes pem;
    int r = read_file(m->arena, sequencer_config.tsa_root, &pem, e);
    if (r == 0)
        r = stamper_new(sequencer_config.tsa_url, (const char *)pem.data, (int)(sequencer_config.call_timeout_ms + 999) / 1000,
                        &m->stamper, e);
    return r;
}

static int read_names(struct checkpoint_maker *m, struct err *e)
{
    char *at = arena_text(m->arena, sequencer_config.witnesses);
    for (char *name = strsep(&at, " "); name != NULL; name = strsep(&at, " ")) {
        if (name[0] == '\0')
            continue;
        if (m->name_count == WITNESSES_MAX)
            return err_fault(e, "more than %d witnesses", WITNESSES_MAX);
        m->name[m->name_count++] = name;
    }
    if (m->name_count < m->witness_count)
        return err_fault(e, "%zu witnesses' keys, but only %zu names", m->witness_count, m->name_count);
    return 0;
}

int checkpoint_maker_new(struct checkpoint_maker **ret, struct err *e)
{
    struct arena *a = arena_new(0);
    struct checkpoint_maker *m = ARENA_NEW(a, struct checkpoint_maker);
    m->arena = a;
    int r = read_log_key(m, e);
    r = r != 0 ? r : read_witness_keys(m, e);
    r = r != 0 ? r : read_authorities(m, e);
    r = r != 0 ? r : read_names(m, e);
    if (r == 0)
        r = wire_client_new(sequencer_config.common.curve_secret, sequencer_config.common.curve_public,
                            sequencer_config.directory, &m->client, e);
    if (r != 0) {
        checkpoint_maker_free(m);
        return r;
    }
    wire_client_timeout(m->client, (int)sequencer_config.call_timeout_ms);
    *ret = m;
    return 0;
}

struct checkpoint_maker *checkpoint_maker_free(struct checkpoint_maker *m)
{
    if (m == NULL)
        return NULL;
    wire_client_free(m->client);
    stamper_free(m->stamper);
    arena_free(m->arena);
    return NULL;
}

struct stamper *checkpoint_maker_stamper(struct checkpoint_maker *m)
{
    return m->stamper;
}

int checkpoint_ask(struct checkpoint_maker *m, struct arena *a, const char *service, const char *verb, const void *in, void *ret,
                   struct err *e)
{
    const struct verb_row *row = verb_find(verb);
    struct envelope env = {.verb = verb, .token = "", .phase = "call", .command = "", .stream = ""};
    struct buf body = buf_new(a);
    struct bytes reply, result;
    if (in != NULL)
        record_to_json(&body, row->in, in, RECORD_CLIENT);
    else
        buf_put(&body, "{}");
    int r = wire_exchange(m->client, a, service, &env, (struct bytes){(const uint8_t *)body.text, body.len}, &reply, e);
    if (r == 0)
        r = reply_from_json(a, (const char *)reply.data, reply.len, &result, e);
    return r != 0 ? r : record_from_json(a, row->out, (const char *)result.data, result.len, RECORD_REPLY, ret, e);
}

/* What ${service} signed last, and the proof that this tree extends it. */
static int request_for(struct checkpoint_maker *m, struct arena *a, const struct merkle_source *source,
                       const struct kept_checkpoint *c, const char *service, struct checkpoint_request *ret, struct err *e)
{
    struct notary_state *state = record_new(a, &record_notary_state);
    struct merkle_proof proof = {0};
    record_init(&record_checkpoint_request, ret);
    int r = checkpoint_ask(m, a, service, "notary.state", NULL, state, e);
    if (r != 0)
        return r;
    if ((uint64_t)state->size > c->size)
        return err_raise(e, ERR_TREE_REFUSED, "size", "", "%s has signed size %lld, the log has %llu", service,
                         (long long)state->size, (unsigned long long)c->size);
    if (state->size > 0)
        r = merkle_consistency_make(a, source, (uint64_t)state->size, c->size, &proof, e);
    ret->origin = sequencer_config.common.origin;
    ret->size = (int64_t)c->size;
    ret->root = hex_text(a, c->root, DIGEST_LEN);
    ret->old_size = state->size;
    for (size_t i = 0; r == 0 && i < proof.count; i++)
        texts_add(a, &ret->proof, hex_text(a, proof.node[i], DIGEST_LEN));
    return r;
}

static int sign(struct checkpoint_maker *m, struct arena *a, const struct merkle_source *source,
                struct kept_checkpoint *c, struct err *e)
{
    struct checkpoint_request in;
    struct checkpoint_note *out = record_new(a, &record_checkpoint_note);
    struct checkpoint parsed;
    int r = request_for(m, a, source, c, "notary", &in, e);
    if (r == 0)
        r = checkpoint_ask(m, a, "notary", "notary.sign_checkpoint", &in, out, e);
    if (r == 0)
        r = note_parse(a, out->note, strlen(out->note), &parsed, e);
    if (r == 0)
        r = note_verify(&parsed, &m->log, key_note_verify, e);
    if (r != 0)
        return r;
    if (strcmp(parsed.origin, sequencer_config.common.origin) != 0 || parsed.size != c->size ||
        memcmp(parsed.root, c->root, DIGEST_LEN) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "note", "", "the notary signed another checkpoint");
    c->note = (struct bytes){(const uint8_t *)out->note, strlen(out->note)};
    return 0;
}

/* A witness's own clock is its owner's business; that it is off is said. */
static void look_at_witness(size_t i, int64_t sent_ms, uint64_t at_s)
{
    int64_t off_ms = clock_least_ahead(sent_ms, clock_ms(), (int64_t)at_s * 1000, 1000);
    const struct clock_limits limits = {sequencer_config.common.clock_warn_ms, sequencer_config.common.clock_refuse_ms};
    if (clock_judge(off_ms, &limits) == CLOCK_RIGHT)
        return;
    metrics_alert("witness_clock");
    service_log("warn", "the clock of witness %zu is %lld ms %s", i + 1, llabs(off_ms), off_ms > 0 ? "behind" : "ahead");
}

static int cosign(struct checkpoint_maker *m, struct arena *a, const struct merkle_source *source,
                  struct kept_checkpoint *c, struct err *e)
{
    struct buf lines = buf_new(a);
    struct checkpoint parsed;
    struct bytes body = note_body(a, sequencer_config.common.origin, c->size, c->root);
    int64_t sent_ms = clock_ms();
    for (size_t i = 0; i < m->name_count; i++) {
        struct checkpoint_request in;
        struct checkpoint_note *out = record_new(a, &record_checkpoint_note);
        int r = request_for(m, a, source, c, m->name[i], &in, e);
        in.note = (const char *)c->note.data;
        if (r == 0)
            r = checkpoint_ask(m, a, m->name[i], "notary.cosign", &in, out, e);
        if (r != 0)
            return r;
        buf_put(&lines, out->note);
    }
    c->cosignatures = m->name_count == 0 ? (struct bytes){(const uint8_t *)"", 0} : note_text(a, body, lines.text);
    int r = m->name_count == 0 ? 0 : note_parse(a, (const char *)c->cosignatures.data, c->cosignatures.len, &parsed, e);
    for (size_t i = 0; r == 0 && i < m->witness_count; i++) {
        uint64_t at_s;
        r = cosignature_verify(a, &parsed, &m->witness[i], key_note_verify, &at_s, e);
        if (r == 0)
            look_at_witness(i, sent_ms, at_s);
    }
    return r;
}

/* Does ${who} remember another log than this one? */
static int compare_memory(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, const char *who,
                          const char **ret_why, struct err *e)
{
    struct notary_state *state = record_new(a, &record_notary_state);
    struct merkle_source source;
    uint8_t root[DIGEST_LEN];
    char text[DIGEST_HEX];
    *ret_why = NULL;
    int r = checkpoint_ask(m, a, who, "notary.state", NULL, state, e);
    if (r != 0 || state->size <= 0)
        return r;
    if ((uint64_t)state->size > t->frontier.size) {
        *ret_why = arena_printf(a, "%s has signed a log of %lld entries, this database has %llu: it is an older copy", who,
                                (long long)state->size, (unsigned long long)t->frontier.size);
        return 0;
    }
    r = log_source_new(a, t->db, t->frontier.size, &source, e);
    if (r == 0)
        r = merkle_root(&source, (uint64_t)state->size, root, e);
    if (r == 0 && (state->root == NULL || strcmp(hex_of(root, DIGEST_LEN, text), state->root) != 0))
        *ret_why = arena_printf(a, "the first %lld entries of this database are not those that %s has signed: it is another log",
                                (long long)state->size, who);
    return r;
}

int checkpoint_agrees(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, const char **ret_why,
                      struct err *e)
{
    const char *why = NULL;
    size_t others = 0;
    int r = compare_memory(m, a, t, "notary", ret_why, e);
    if (r != 0 || *ret_why != NULL)
        return r;
    for (size_t i = 0; i < m->name_count; i++) {
        struct err silent;
        if (compare_memory(m, a, t, m->name[i], &why, &silent) == 0 && why != NULL) {
            service_log("warn", "%s", why);
            others++;
        }
    }
    if (others > 0 && others == m->name_count)
        *ret_why = arena_printf(a, "the notary remembers this log, but no witness does: %s", why);
    return 0;
}

/* The notary refuses the tree: which leaf is it? Mostly a new one; a notary that read the log from its beginning may have met an older one.
 * Where none is found, its own word stands. */
static int name_fault(struct arena *a, const struct log_tree *t, uint64_t from, uint64_t size, struct err *e)
{
    struct err found;
    int r = reread_entries(t->db, a, from, size, &found);
    if (r == 0 && from > 0)
        r = reread_entries(t->db, a, 0, from, &found);
    if (r == ERR_TREE_REFUSED)
        *e = found;
    return ERR_TREE_REFUSED;
}

int checkpoint_make(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, struct kept_checkpoint *ret,
                    struct err *e)
{
    struct merkle_source source;
    struct kept_checkpoint last;
    uint8_t root[DIGEST_LEN];
    *ret = (struct kept_checkpoint){.size = t->frontier.size};
    merkle_frontier_root(&t->frontier, ret->root);
    int r = store_checkpoint_last(t->db, a, &last, e);
    if (r == 0)
        r = reread_tiles(t->db, last.size, ret->size, e);
    if (r == 0)
        r = log_source_new(a, t->db, ret->size, &source, e);
    if (r == 0)
        r = merkle_root(&source, ret->size, root, e);
    if (r == 0 && memcmp(root, ret->root, DIGEST_LEN) != 0)
        r = err_raise(e, ERR_TREE_REFUSED, "root", "", "the leaves do not give the tree's root");
    if (r == 0)
        r = checkpoint_show(m, a, t, e);
    if (r == 0)
        r = sign(m, a, &source, ret, e);
    if (r == ERR_TREE_REFUSED) {
        m->shown = 0;
        r = name_fault(a, t, last.size, ret->size, e);
    }
    if (r == 0)
        r = cosign(m, a, &source, ret, e);
    if (r == 0)
        r = store_now(t->db, a, &ret->asked_ms, e);
    if (r == 0)
        r = stamper_stamp(m->stamper, a, ret->note, t->last_ms, &ret->token, &ret->token_ms, e);
    return r != 0 ? r : store_now(t->db, a, &ret->got_ms, e);
}
