#include "service/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/stream.h"
#include "service/log.h"
#include "service/settings.h"

#define GROUP_MAX 1000
#define TOGETHER 32                   /* entries on their way at once: a wait for each costs more than what it writes */

enum { ENTRY };
/* Which entry writes: the scratch database notes it beside every row (audit_scratch.c). */
static const struct statement_row rows[] = {
    [ENTRY] = {"replay_entry", "select set_config('stemma.stream', $1, false), set_config('stemma.seq', $2, false)", 2, NULL},
};

struct replayed {
    char stream[STREAM_MAX + 1];
    int64_t seq, time_ms;
    struct bytes statement;
};

struct replay {
    const struct service *service;
    struct db *db;
    struct arena *group;              /* of the entries that wait for `commit` */
    struct replayed entry[GROUP_MAX];
    size_t count;
};

static const struct handler *find_handler(const struct service *s, const char *type)
{
    for (size_t i = 0; i < s->verb_count; i++)
        if (strcmp(s->verbs[i].verb, type) == 0)
            return s->verbs[i].handler;
    return NULL;
}

/* The call as it was when the entry was made, as far as `apply` may see it. */
static int apply(struct replay *r, struct arena *a, const struct replayed *x, struct err *e)
{
    struct statement s;
    int code = statement_parse(a, (const char *)x->statement.data, x->statement.len, &s, e);
    if (code != 0)
        return code;
    const struct handler *handler = find_handler(r->service, s.type);
    const struct verb_row *verb = verb_find(s.type);
    if (handler == NULL || verb == NULL)
        return err_raise(e, ERR_VERB_UNKNOWN, "type", "", "%.80s is no verb of service %s", s.type, r->service->name);
    struct principal who = {.person_id = s.actor, .name = "", .terminal_id = s.terminal, .certificate_sha256 = s.signer_cert};
    struct call c = {.arena = a, .db = r->db, .verb = verb, .phase = PHASE_COMMIT, .who = &who, .peer = "", .peer_key = "",
                     .command = s.command, .now_ms = x->time_ms, .said_ms = s.at_ms, .stream = x->stream, .reviewed_seq = s.reviewed_seq,
                     .seq = x->seq, .time_ms = x->time_ms, .statement = x->statement};
    c.in = record_new(a, verb->in);
    c.out = record_new(a, verb->out);
    code = record_from_json(a, verb->in, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, c.in, e);
    if (code != 0 || handler->apply == NULL)
        return code;
    db_queue(r->db, &rows[ENTRY], DB_VALUES(db_text(x->stream), db_text(arena_printf(a, "%" PRId64, x->seq))));
    code = handler->apply(&c, e);
    db_divide(r->db);
    return code;
}

static int apply_all(struct replay *r, size_t from, size_t to, struct err *e)
{
    struct arena *a = arena_new(0);
    int code = 0;
    db_begin(r->db);
    for (size_t i = from; code == 0 && i < to; i++) {
        arena_reset(a);
        code = apply(r, a, &r->entry[i], e);
        if (code == 0 && (i - from + 1) % TOGETHER == 0)
            code = db_sync(r->db, e);
    }
    if (code == 0)
        code = db_commit(r->db, e);
    if (code != 0)
        db_rollback(r->db);
    arena_free(a);
    return code;
}

/* The database is gone, full or broken: that is no fault of an entry. */
static bool is_out(const struct replay *r)
{
    static const char *const classes[] = {"53", "57", "58", "XX"};
    const struct db_failure *why = db_failure(r->db);
    bool out = why->lost;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        out |= strncmp(why->sqlstate, classes[i], 2) == 0;
    return out;
}

/* All together; if one cannot be applied, each alone, so that it is named and the others are there. */
static int commit(struct replay *r)
{
    struct err e = {0};
    int code = r->count == 0 ? 0 : apply_all(r, 0, r->count, &e);
    bool out = code < 0 && is_out(r);
    for (size_t i = 0; code != 0 && !out && i < r->count; i++) {
        int one = apply_all(r, i, i + 1, &e);
        out = one < 0 && is_out(r);
        if (one != 0 && !out)
            printf("fault %s %" PRId64 " %.300s\n", r->entry[i].stream, r->entry[i].seq, e.text);
    }
    if (out) {
        service_log("error", "replay: the scratch database is out: %s", e.text);
        return -1;
    }
    printf("done %zu\n", r->count);
    r->count = 0;
    arena_reset(r->group);
    return fflush(stdout);
}

static bool take_entry(struct replay *r, const char *line)
{
    struct replayed *x = &r->entry[r->count];
    size_t len;
    if (r->count == GROUP_MAX || sscanf(line, "entry %32s %" SCNd64 " %" SCNd64 " %zu", x->stream, &x->seq, &x->time_ms, &len) != 4 ||
        len > STATEMENT_MAX)
        return false;
    char *text = arena_alloc(r->group, len + 1);
    if (fread(text, 1, len, stdin) != len)
        return false;
    text[len] = '\0';
    x->statement = (struct bytes){(const uint8_t *)text, len};
    r->count++;
    return true;
}

static int serve(struct replay *r)
{
    char line[200];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strcmp(line, "commit\n") == 0) {
            if (commit(r) != 0)
                return 1;
        } else if (!take_entry(r, line)) {
            service_log("error", "replay: what came is no entry");
            return 1;
        }
    }
    return r->count == 0 ? 0 : 1;
}

int replay_main(const struct service *service, const char *config, const char *conninfo)
{
    struct arena *a = arena_new(0);
    struct replay *r = ARENA_NEW(a, struct replay);
    struct statement_table *tables = ARENA_ARRAY(a, struct statement_table, service->statement_count + 1);
    struct err e;
    for (size_t i = 0; i < service->statement_count; i++)
        tables[i] = service->statements[i];
    tables[service->statement_count] = (struct statement_table)STATEMENT_TABLE(rows);
    *r = (struct replay){.service = service, .group = arena_new((size_t)256 << 20)};
    int code = settings_read(a, config, service->settings, service->setting_count, service->config, &e);
    if (code == 0)
        log_name(service->config->name);
    if (code == 0)
        code = db_open(conninfo, "replay", tables, service->statement_count + 1, &r->db, &e);
    if (code != 0)
        service_log("error", "replay: %s", e.text);
    int status = code == 0 ? serve(r) : 1;
    db_close(r->db);
    arena_free(r->group);
    arena_free(a);
    return status;
}
