/* From what came on the wire to a call that handlers can read; every refusal here happens before any database work. */
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "service/work.h"
#include "wire/envelope.h"

static int find_verb(struct work *w, const struct service *service)
{
    w->call.verb = verb_find(w->request.verb);
    for (size_t i = 0; w->call.verb != NULL && i < service->verb_count; i++)
        if (strcmp(service->verbs[i].verb, w->request.verb) == 0) {
            w->handler = service->verbs[i].handler;
            return 0;
        }
    w->call.verb = NULL;
    return err_raise(&w->err, ERR_VERB_UNKNOWN, "verb", "", "%.80s is no verb of service %s", w->request.verb,
                     service->name);
}

static int find_phase(struct work *w)
{
    static const char *const names[] = {"call", "prepare", "commit"};
    bool act = w->call.verb->kind == VERB_ACT;
    for (int i = 0; i < 3; i++)
        if (strcmp(w->request.phase, names[i]) == 0 && (i != PHASE_CALL) == act) {
            w->call.phase = (enum call_phase)i;
            return 0;
        }
    return err_raise(&w->err, ERR_PHASE_WRONG, "phase", "", "%s goes by %s", w->call.verb->name,
                     act ? "prepare, sign, commit" : "call");
}

/* the signed statement: its form, its verb, its signature; the body becomes the record */
static int decode_signed(struct work *w)
{
    struct call *c = &w->call;
    struct bytes statement;
    int code = act_read((struct bytes){(const uint8_t *)w->request.body, w->request.body_len}, &statement, &c->signature, &w->err);
    if (code != 0)
        return code;
    const char *text = arena_dup(c->arena, statement.data, statement.len);
    c->statement = (struct bytes){(const uint8_t *)text, statement.len};
    code = statement_parse(c->arena, text, statement.len, &w->statement, &w->err);
    if (code != 0)
        return code;
    if (strcmp(w->statement.type, c->verb->name) != 0 || !statement_is_act(&w->statement))
        return err_raise(&w->err, ERR_STATEMENT_MALFORMED, "type", "", "a statement of %s, not an act of %s",
                         w->statement.type, c->verb->name);
    if (service_cms_trust() == NULL)
        return err_fault(&w->err, "no lab root is set: signatures cannot be checked");
    code = cms_verify(service_cms_trust(), c->statement, c->signature, c->now_ms, &w->signer, &w->err);
    if (code != 0)
        return code;
    c->command = w->statement.command;
    c->said_ms = w->statement.at_ms;
    w->body_json = arena_dup(c->arena, w->statement.body.data, w->statement.body.len);
    return 0;
}

static int decode_command(struct work *w)
{
    struct call *c = &w->call;
    if (c->phase == PHASE_COMMIT)
        return 0;
    if (c->verb->kind != VERB_ACT && c->verb->kind != VERB_OBSERVE) {
        c->command = "";
        return 0;
    }
    if (!command_is_valid(w->request.command))
        return err_raise(&w->err, ERR_FIELD_MISSING, "command", "T49", "a command id (UUIDv7, 32 hex digits) is needed");
    c->command = w->request.command;
    return 0;
}

static int check_peer(struct work *w)
{
    unsigned flags = w->call.verb->flags;
    if ((flags & VERB_PEER_AUDIT) != 0 && strcmp(w->request.peer, "audit") != 0 && strcmp(w->request.peer, "release") != 0)
        return err_raise(&w->err, ERR_PEER_REFUSED, "", "", "only audit and release call %s", w->call.verb->name);
    if ((flags & VERB_PEER_SEQUENCER) != 0 && strcmp(w->request.peer, "sequencer") != 0)
        return err_raise(&w->err, ERR_PEER_REFUSED, "", "", "only the sequencer calls %s", w->call.verb->name);
    return 0;
}

/* what a client computed counts for nothing: COMPUTED fields are the service's alone */
static void blank_computed(struct work *w)
{
    static const size_t size[FIELD_KIND_COUNT] = {
        [FIELD_TEXT] = sizeof(char *), [FIELD_INTEGER] = sizeof(int64_t), [FIELD_DECIMAL] = sizeof(char *),
        [FIELD_BOOLEAN] = sizeof(int8_t), [FIELD_TIME] = sizeof(int64_t), [FIELD_BYTES] = sizeof(struct bytes),
        [FIELD_DIGEST] = sizeof(char *), [FIELD_WORD] = sizeof(char *), [FIELD_STREAM] = sizeof(char *),
        [FIELD_LIST] = sizeof(struct list), [FIELD_TEXTS] = sizeof(struct list), [FIELD_DOCUMENT] = sizeof(char *), [FIELD_LINES] = sizeof(char *)};
    const struct record_type *type = w->call.verb->in;
    void *absent = NULL;
    for (size_t i = 0; i < type->count; i++) {
        if ((type->fields[i].flags & FLAG_COMPUTED) == 0)
            continue;
        if (absent == NULL)
            absent = record_new(w->call.arena, type);
        memcpy(record_at(type, i, w->call.in), record_at(type, i, absent), size[type->fields[i].kind]);
    }
}

/* the record out of the body, then the stream that it names */
static int decode_body(struct work *w)
{
    struct call *c = &w->call;
    bool commit = c->phase == PHASE_COMMIT;
    const char *json = commit ? w->body_json : w->request.body;
    size_t len = commit ? w->statement.body.len : w->request.body_len;
    c->in = record_new(c->arena, c->verb->in);
    c->out = record_new(c->arena, c->verb->out);
    int code = record_from_json(c->arena, c->verb->in, json, len, commit ? RECORD_STATEMENT : RECORD_CLIENT, c->in,
                                &w->err);
    if (code != 0)
        return code;
    c->stream = "";
    blank_computed(w);
    if (c->verb->stream_field[0] == '\0')
        return 0;
    int i = record_field(c->verb->in, c->verb->stream_field, strlen(c->verb->stream_field));
    const char **id = record_at(c->verb->in, (size_t)i, c->in);
    const struct field *f = &c->verb->in->fields[i];
    if (*id == NULL && (f->flags & FLAG_ASSIGNED) != 0)
        call_assign(c, id, f->unit);
    c->stream = *id;
    if (commit && strcmp(w->statement.stream, c->stream) != 0)
        return err_raise(&w->err, ERR_STATEMENT_MALFORMED, "stream", "", "the header names %s, the body %s",
                         w->statement.stream, c->stream);
    return 0;
}

const struct work *work_alike(struct work *const *group, size_t i)
{
    const struct work *w = group[i];
    for (size_t k = 0; (w->call.verb->flags & VERB_ALIKE) != 0 && k < i; k++) {
        const struct work *other = group[k];
        if (other->call.verb == w->call.verb && !other->done && other->request.body_len == w->request.body_len &&
            memcmp(other->request.body, w->request.body, w->request.body_len) == 0)
            return other;
    }
    return NULL;
}

void work_refuse(struct work *w, int code)
{
    w->code = code;
    w->done = true;
}

int work_reset(struct work *w)
{
    struct call *c = &w->call;
    w->code = 0;
    w->done = w->records = w->writes = w->unsure = false;
    w->note = NULL;
    c->answer_count = c->attachment_count = 0;
    c->facts = NULL;
    c->who = NULL;
    return decode_body(w);
}

void work_decode(struct work *w, const struct service *service, struct arena *a)
{
    struct call *c = &w->call;
    w->begun_us = clock_monotonic_us();
    c->arena = a;
    c->peer = w->request.peer;
    c->peer_key = w->request.peer_key;
    c->now_ms = c->said_ms = clock_ms();
    c->command = "";
    c->stream = "";
    c->reviewed_seq = REVIEWED_EMPTY;
    int code = find_verb(w, service);
    if (code == 0)
        code = find_phase(w);
    if (code == 0)
        code = check_peer(w);
    if (code == 0 && w->request.deadline_ms != 0 && w->request.deadline_ms < c->now_ms)
        code = err_raise(&w->err, ERR_DEADLINE_PASSED, "deadline_ms", "T49", "%lld ms late",
                         (long long)(c->now_ms - w->request.deadline_ms));
    if (code == 0 && (c->verb->flags & VERB_NO_SESSION) == 0 && w->request.token[0] == '\0')
        code = err_raise(&w->err, ERR_SESSION_MISSING, "token", "R01", "%s needs a session", c->verb->name);
    if (code == 0 && c->phase == PHASE_COMMIT)
        code = decode_signed(w);
    if (code == 0)
        code = decode_command(w);
    if (code == 0)
        code = decode_body(w);
    if (code != 0)
        work_refuse(w, code);
}

void call_assign(struct call *c, const char **ret_id, const char *class)
{
    static const char digit[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";   /* Crockford: no I, L, O, U */
    uint8_t random[8];
    char text[9], time[CLOCK_TEXT];
    random_fill(random, sizeof random);
    for (int i = 0; i < 8; i++)
        text[i] = digit[random[i] & 31];
    text[8] = '\0';
    clock_to_text(c->now_ms, time);
    *ret_id = arena_printf(c->arena, "%s-%.4s%s", class, time, text);
}

void call_attach(struct call *c, const char *name, struct bytes data)
{
    if (c->attachment_count < CALL_ATTACHMENTS_MAX)
        c->attachments[c->attachment_count++] = (struct call_attachment){name, data};
}
