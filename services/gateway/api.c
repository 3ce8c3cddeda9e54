#include "gateway/api.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fsm/machines.h"

static void answer_text(struct answer *ret, int status, const char *text, size_t len)
{
    *ret = (struct answer){.status = status, .type = "application/json", .data = {(const uint8_t *)text, len}};
}

/* The stream that picks the worker: a field of the request, or the line of the statement that is committed. */
static const char *stream_of(struct request *r, const void *in)
{
    const struct verb_row *verb = r->route.verb;
    if (r->route.phase[0] == 'c' && r->route.phase[1] == 'o') {
        const char *line = strstr(((const struct signed_act *)in)->statement, "\nstream ");
        size_t len = line ? strcspn(line + 8, "\n") : 0;
        return len > 0 && len <= 32 ? arena_dup(r->arena, line + 8, len) : "";
    }
    int i = verb->stream_field[0] ? record_field(verb->in, verb->stream_field, strlen(verb->stream_field)) : -1;
    const char *id = i < 0 ? NULL : *(const char *const *)record_at_const(verb->in, (size_t)i, in);
    return id ? id : "";
}

/* A command's id is the page's, so that it can ask again after a time-out; a page that sends none cannot. */
static int command_of(struct request *r, const char **ret, struct err *e)
{
    bool wanted = r->route.verb->kind == VERB_OBSERVE || strcmp(r->route.phase, "prepare") == 0;
    const char *sent = request_header(r, "Stemma-Command");
    *ret = "";
    if (!wanted)
        return 0;
    if (sent && !command_is_valid(sent))
        return err_raise(e, ERR_FIELD_TYPE, "Stemma-Command", NULL, "a command id is a UUIDv7 in 32 hex digits");
    if (!sent) {
        char *made = arena_alloc(r->arena, COMMAND_HEX);
        command_new(made);
        sent = made;
    }
    *ret = sent;
    return 0;
}

static int ask(struct request *r, const char *verb, const char *phase, const char *command, const char *stream,
               const struct buf *body, struct bytes *ret_reply)
{
    struct err e;
    const struct envelope env = {verb, r->session.token, phase, command, stream, clock_ms() + r->house->settings->timeout_ms};
    int code = exchange_call(r->house->exchange, r->arena, &env, body->text, body->len, ret_reply, &e);
    if (code != 0) {
        struct answer refusal;
        request_refuse(r, code, &e, &refusal);
        *ret_reply = refusal.data;
    }
    return code;
}

/* A service's reply as it came; its refusal's status is HTTP's. A session that ended there ends here. */
static int pass_on(struct request *r, struct bytes reply, struct answer *ret)
{
    struct err e;
    struct bytes result;
    int code = reply_from_json(r->arena, (const char *)reply.data, reply.len, &result, &e);
    answer_text(ret, code == 0 ? 200 : err_row(code)->http, (const char *)reply.data, reply.len);
    if ((code == ERR_SESSION_ENDED || code == ERR_SESSION_MISSING) && r->session.id[0] != '\0')
        sessions_close(r->house->sessions, r->session.id);
    return code;
}

static int answer_verb(struct request *r, struct answer *ret, struct err *e)
{
    bool commit = strcmp(r->route.phase, "commit") == 0;
    const struct record_type *type = commit ? &record_signed_act : r->route.verb->in;
    void *in = record_new(r->arena, type);
    const char *command;
    int code = record_from_json(r->arena, type, r->body.text, r->body.len, RECORD_CLIENT, in, e);
    if (code == 0)
        code = command_of(r, &command, e);
    if (code != 0)
        return code;
    struct buf body = buf_new(r->arena);
    struct bytes reply;
    if (commit)
        act_write(&body, in);   /* JSON ends here: on the wire an act is its bytes */
    else
        record_to_json(&body, type, in, RECORD_CLIENT);
    ask(r, r->route.verb->name, r->route.phase, command, stream_of(r, in), &body, &reply);
    pass_on(r, reply, ret);
    return 0;
}

static void session_json(struct request *r, struct answer *ret)
{
    const struct gateway_settings *s = r->house->settings;
    struct buf b = buf_new(r->arena);
    buf_put(&b, "{\"ok\":true,\"result\":{");
    if (r->session.id[0] != '\0')
        buf_printf(&b, "\"csrf\":\"%s\",\"session\":%s,", r->session.csrf, r->session.shown);
    buf_printf(&b, "\"terminal_id\":\"%s\",\"time_zone\":\"%s\",\"idle_s\":%lld,\"run\":\"%s\"}}", s->terminal, s->time_zone,
               (long long)s->idle_s, r->house->run);
    answer_text(ret, 200, b.text, b.len);
}

static int keep_session(struct request *r, struct session *session, struct err *e)
{
    struct buf shown = buf_new(r->arena);
    struct browser_session *kept = &r->session;
    if (!session->token || strlen(session->token) != sizeof kept->token - 1)
        return err_fault(e, "the session came without its token");
    snprintf(kept->token, sizeof kept->token, "%s", session->token);
    snprintf(kept->person_id, sizeof kept->person_id, "%s", session->person_id);
    session->token = NULL;
    record_to_json(&shown, &record_session, session, RECORD_REPLY);
    if (shown.len >= sizeof kept->shown)
        return err_fault(e, "the session has %zu bytes", shown.len);
    memcpy(kept->shown, shown.text, shown.len + 1);
    kept->expires_ms = session->expires_at;
    if (!sessions_open(r->house->sessions, kept, clock_ms()))
        return err_raise(e, ERR_BUSY, NULL, NULL, "too many people are logged in");
    return 0;
}

static int answer_login(struct request *r, struct answer *ret, struct err *e)
{
    struct login login;
    struct session session;
    struct bytes reply, result;
    struct buf body = buf_new(r->arena);
    int code = record_from_json(r->arena, &record_login, r->body.text, r->body.len, RECORD_CLIENT, &login, e);
    if (code != 0)
        return code;
    if (r->session.id[0] != '\0')
        sessions_close(r->house->sessions, r->session.id);
    r->session = (struct browser_session){.id = ""};
    record_to_json(&body, &record_login, &login, RECORD_CLIENT);
    ask(r, "access.login", "call", "", "", &body, &reply);
    if (pass_on(r, reply, ret) != 0)
        return 0;
    code = reply_from_json(r->arena, (const char *)reply.data, reply.len, &result, e);
    if (code == 0)
        code = record_from_json(r->arena, &record_session, (const char *)result.data, result.len, RECORD_REPLY, &session, e);
    explicit_bzero((void *)(uintptr_t)reply.data, reply.len);
    if (code != 0)
        return err_fault(e, "the session cannot be read");
    code = keep_session(r, &session, e);
    if (code != 0)
        return code;
    session_json(r, ret);
    ret->cookie = arena_printf(r->arena, COOKIE_NAME "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", r->session.id);
    return 0;
}

static int answer_logout(struct request *r, struct answer *ret, struct err *e)
{
    struct buf body = buf_new(r->arena);
    struct bytes reply;
    (void)e;
    buf_put(&body, "{}");
    ask(r, "access.logout", "call", "", "", &body, &reply);
    sessions_close(r->house->sessions, r->session.id);
    answer_text(ret, 200, "{\"ok\":true,\"result\":{\"done\":true}}", 34);
    ret->cookie = COOKIE_NAME "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
    return 0;
}

static int answer_session(struct request *r, struct answer *ret, struct err *e)
{
    (void)e;
    session_json(r, ret);
    return 0;
}

static int answer_form(struct request *r, struct answer *ret, struct err *e)
{
    struct buf b = buf_new(r->arena);
    (void)e;
    buf_put(&b, "{\"ok\":true,\"result\":");
    record_form(&b, r->route.record);
    buf_char(&b, '}');
    answer_text(ret, 200, b.text, b.len);
    return 0;
}

static int answer_describe(struct request *r, struct answer *ret, struct err *e)
{
    struct buf b = buf_new(r->arena);
    const char *between = "";
    (void)e;
    buf_put(&b, "{\"ok\":true,\"result\":{\"verbs\":[");
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        if (!route_is_offered(v))
            continue;
        buf_printf(&b, "%s{\"name\":\"%s\",\"kind\":\"%s\",\"in\":\"%s\",\"out\":\"%s\",\"meaning\":\"%s\",\"roles\":\"%s\","
                   "\"stream_field\":\"%s\",\"doc\":\"%s\"}", between, v->name, verb_kind_name(v->kind), v->in->name,
                   v->out->name, v->meaning, roles_text(r->arena, v->roles), v->stream_field, v->doc);
        between = ",";
    }
    buf_put(&b, "],\"machines\":[");
    for (size_t i = 0; i < fsm_machine_count(); i++) {
        if (i > 0)
            buf_char(&b, ',');
        fsm_to_json(&b, fsm_machine_at(i));
    }
    buf_put(&b, "]}}");
    answer_text(ret, 200, b.text, b.len);
    return 0;
}

/* The log's files (c2sp.org/tlog-tiles). A tile never changes, so anybody may keep it; the checkpoint is asked for anew. */
static int answer_log(struct request *r, struct answer *ret, struct err *e)
{
    const struct log_file_request in = {.path = r->head.path + 1};
    struct log_file out;
    struct bytes reply, result;
    struct buf body = buf_new(r->arena);
    bool is_tile = strncmp(in.path, "tile/", 5) == 0;
    record_to_json(&body, &record_log_file_request, &in, RECORD_CLIENT);
    r->session = (struct browser_session){.id = ""};
    ask(r, "audit.log_file", "call", "", "", &body, &reply);
    if (pass_on(r, reply, ret) != 0)
        return 0;
    int code = reply_from_json(r->arena, (const char *)reply.data, reply.len, &result, e);
    if (code == 0)
        code = record_from_json(r->arena, &record_log_file, (const char *)result.data, result.len, RECORD_REPLY, &out, e);
    if (code == 0)
        *ret = (struct answer){.status = 200, .data = out.data, .type = is_tile ? "application/octet-stream" : "text/plain; charset=utf-8",
                               .cache = is_tile ? "public, max-age=31536000, immutable" : "no-cache"};
    return code;
}

static int answer_health(struct request *r, struct answer *ret, struct err *e)
{
    (void)r;
    (void)e;
    answer_text(ret, 200, "{\"ok\":true,\"result\":{\"ready\":true}}", 35);
    return 0;
}

static int (*const answers[])(struct request *r, struct answer *ret, struct err *e) = {
    [ROUTE_VERB] = answer_verb,       [ROUTE_LOGIN] = answer_login,       [ROUTE_LOGOUT] = answer_logout,
    [ROUTE_SESSION] = answer_session, [ROUTE_DESCRIBE] = answer_describe, [ROUTE_FORM] = answer_form,
    [ROUTE_HEALTH] = answer_health,   [ROUTE_LOG] = answer_log,
};

void api_answer(struct request *r, struct answer *ret)
{
    struct err e;
    int code = answers[r->route.kind](r, ret, &e);
    if (code != 0)
        request_refuse(r, code, &e, ret);
}
