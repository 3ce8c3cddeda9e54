#include "audit_replay.h"

#include <stdio.h>
#include <string.h>

#include "audit_check.h"
#include "audit_compare.h"
#include "audit_feed.h"
#include "audit_settings.h"

#define PAGE 500

enum { SNAPSHOT, NO_LIMIT, LOCALE, LOGGED, PENDING };
static const struct statement_row rows[] = {
    [SNAPSHOT] = {"audit_replay_snapshot", "set transaction isolation level repeatable read read only", 0, NULL},
    [NO_LIMIT] = {"audit_replay_no_limit",
        "select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)", 0, NULL},
    [LOCALE] = {"audit_replay_locale", "select datcollate from pg_database where datname = current_database()", 0, NULL},
    [LOGGED] = {"audit_replay_logged",
        "select l.leaf_index, e.stream, e.seq, e.time_ms, e.type, e.statement from ledger.leaf l"
        " join ledger.entry e on e.stream = l.stream and e.seq = l.seq where l.leaf_index >= $1 and l.stream <> 'SYS'"
        " order by l.leaf_index limit $2", 2, NULL},
    /* committed and not yet in the tree: in the order in which they were committed */
    [PENDING] = {"audit_replay_pending",
        "select e.stream, e.seq, e.time_ms, e.type, e.statement from ledger.pending p"
        " join ledger.entry e on e.stream = p.stream and e.seq = p.seq where p.stream <> 'SYS' order by p.enq", 0, NULL},
};
const struct statement_table audit_replay_statements = STATEMENT_TABLE(rows);

struct replay {
    struct arena *arena;
    struct audit_report *report;
    struct db *live;
    struct audit_feed *feed;
    void (*tell)(void *ctx, const struct audit_report *report);
    void *ctx;
};

static void note_fault(void *ctx, const char *stream, int64_t seq, const char *text)
{
    struct replay *r = ctx;
    audit_fault_add(r->arena, r->report, stream, seq, "replay", text);
}

static int feed_rows(struct replay *r, const struct db_rows *list, struct err *e)
{
    int code = 0;
    for (int i = 0; code == 0 && i < list->rows; i++) {
        const struct audit_fed x = {db_cell_text(list, i, "stream"), db_cell_text(list, i, "type"), db_cell_int(list, i, "seq"),
                                    db_cell_int(list, i, "time_ms"), db_cell(list, i, "statement")};
        code = audit_feed_entry(r->feed, &x, e);
        r->report->replayed++;
    }
    if (code == 0 && r->tell != NULL)
        r->tell(r->ctx, r->report);
    return code;
}

static int feed_all(struct replay *r, struct err *e)
{
    struct arena *page = arena_new((size_t)512 << 20);
    struct db_rows list = {0};
    int64_t from = 0;
    int code;
    do {
        arena_reset(page);
        code = db_query(r->live, page, &rows[LOGGED], DB_VALUES(db_int(from), db_int(PAGE)), &list, e);
        if (code == 0 && list.rows > 0) {
            from = db_cell_int(&list, list.rows - 1, "leaf_index") + 1;
            code = feed_rows(r, &list, e);
        }
    } while (code == 0 && list.rows > 0);
    if (code == 0)
        code = db_query(r->live, page, &rows[PENDING], DB_NONE, &list, e);
    if (code == 0)
        code = feed_rows(r, &list, e);
    arena_free(page);
    return code;
}

static int replay_into(struct replay *r, const struct audit_scratch *scratch, struct err *e)
{
    struct err ignored;
    r->feed = audit_feed_new(r->arena, scratch, note_fault, r);
    int code = feed_all(r, e);
    int ended = audit_feed_end(r->feed, code == 0 ? e : &ignored);
    code = code != 0 ? code : ended;
    return code != 0 ? code : audit_compare(r->arena, r->report, r->live, audit_scratch_conninfo(r->arena, scratch, NULL), e);
}

int audit_replay(struct arena *a, struct audit_report *report, void (*tell)(void *ctx, const struct audit_report *report),
                 void *ctx, struct err *e)
{
    const struct statement_table tables[] = {audit_replay_statements, audit_compare_statements};
    struct replay r = {.arena = a, .report = report, .tell = tell, .ctx = ctx};
    struct audit_scratch scratch = {0};
    struct db_rows locale;
    report->replayed = report->rows = 0;
    int code = db_open(audit_config.common.database, "audit replay", tables, 2, &r.live, e);
    if (code != 0)
        return code;
    db_begin(r.live);
    code = db_query(r.live, NULL, &rows[SNAPSHOT], DB_NONE, NULL, e);
    code = code != 0 ? code : db_query(r.live, NULL, &rows[NO_LIMIT], DB_NONE, NULL, e);
    code = code != 0 ? code : db_query(r.live, a, &rows[LOCALE], DB_NONE, &locale, e);
    if (code == 0)
        code = audit_scratch_begin(a, db_cell_text(&locale, 0, "datcollate"), &scratch, e);
    if (code == 0)
        code = replay_into(&r, &scratch, e);
    db_close(r.live);
    audit_scratch_end(&scratch);
    return code;
}
