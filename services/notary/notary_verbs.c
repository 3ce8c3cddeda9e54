#include "notary_verbs.h"

#include <string.h>
#include <sys/prctl.h>

#include "notary_settings.h"

static struct notary *notary;
static struct notary_options options;

int notary_begin(struct db *db, struct err *e)
{
    (void)db;
#ifndef __SANITIZE_ADDRESS__   /* the leak check of the dev preset looks into its own process */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    int code = notary_options_of(&notary_config, &options, e);
    if (code == 0)
        code = notary_new(&options, &notary, e);
    if (code == 0)
        service_log("info", "last tree signed has size %llu", (unsigned long long)notary_remembers(notary)->size);
    return code;
}

void notary_end(void)
{
    notary = notary_free(notary);
}

static int request_of(struct call *c, struct notary_request *ret, struct err *e)
{
    const struct checkpoint_request *in = c->in;
    uint8_t *root = arena_alloc(c->arena, DIGEST_LEN);
    if (in->size < 0 || in->old_size < 0)
        return err_raise(e, ERR_FIELD_RANGE, "size", NULL, "a size is not negative");
    if (!hex_to(in->root, 2 * DIGEST_LEN, root) || in->proof.count > MERKLE_PROOF_MAX)
        return err_raise(e, ERR_FIELD_TYPE, "proof", NULL, "not a root and a proof");
    *ret = (struct notary_request){in->origin, (uint64_t)in->size, (uint64_t)in->old_size, root, {NULL, in->proof.count}, {NULL, 0}};
    ret->proof.node = arena_alloc(c->arena, DIGEST_LEN * (in->proof.count + 1));
    for (size_t i = 0; i < in->proof.count; i++) {
        const char *hex = TEXTS_AT(in->proof, i);
        if (strlen(hex) != 2 * DIGEST_LEN || !hex_to(hex, 2 * DIGEST_LEN, ret->proof.node[i]))
            return err_raise(e, ERR_FIELD_TYPE, "proof", NULL, "hash %zu of the proof is none", i);
    }
    if (in->note != NULL)
        ret->note = (struct bytes){(const uint8_t *)in->note, strlen(in->note)};
    return 0;
}

static int sign_checkpoint_decide(struct call *c, struct err *e)
{
    struct checkpoint_note *out = c->out;
    struct notary_request q;
    int code = request_of(c, &q, e);
    return code != 0 ? code : notary_sign(notary, c->arena, &q, &out->note, e);
}

static int cosign_decide(struct call *c, struct err *e)
{
    struct checkpoint_note *out = c->out;
    struct notary_request q;
    int code = request_of(c, &q, e);
    if (code == 0 && q.note.data == NULL)
        code = err_raise(e, ERR_FIELD_MISSING, "note", NULL, "a witness needs the signed note");
    return code != 0 ? code : notary_cosign(notary, c->arena, &q, c->now_ms, &out->note, e);
}

static int state_decide(struct call *c, struct err *e)
{
    struct notary_state *out = c->out;
    const struct notary_memory *m = notary_remembers(notary);
    (void)e;
    out->size = (int64_t)m->size;
    out->root = m->size > 0 ? hex_text(c->arena, m->root, DIGEST_LEN) : NULL;
    const struct notary_span span = notary_read_span(notary);
    out->read_from = (int64_t)span.from;
    out->read_to = (int64_t)span.to;
    return 0;
}

static int read_decide(struct call *c, struct err *e)
{
    const struct log_page *in = c->in;
    struct done *out = c->out;
    if (in->first < 0)
        return err_raise(e, ERR_FIELD_RANGE, "first", NULL, "a leaf's number is not negative");
    out->done = 1;
    return notary_read(notary, in->origin, (uint64_t)in->first, in->entries, e);
}

const struct handler notary_read_verb = {.decide = read_decide};
const struct handler notary_sign_checkpoint_verb = {.decide = sign_checkpoint_decide};
const struct handler notary_cosign_verb = {.decide = cosign_decide};
const struct handler notary_state_verb = {.decide = state_decide};
