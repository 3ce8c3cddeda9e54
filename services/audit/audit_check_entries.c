/* All entries, page by page, each stream from its first to its last. */
#include <stdio.h>
#include <string.h>

#include "audit_check_inside.h"

#define PAGE 500
#define LAST_STREAM "~"                /* behind every stream's id */

/** What is being read: streams behind ${stream} (or the rest of it, behind ${seq}) up to ${to}. */
struct span {
    struct arena *page, *of_chain;
    struct chain chain;
    char stream[STREAM_MAX + 1];
    int64_t seq;
    const char *to;
    int64_t limit;                    /* rows a page: 1 while something near cannot be read */
    int64_t singles;                  /* pages of one row still to come */
};

static const struct statement_row *row_of(int which)
{
    return &audit_check_statements.rows[which];
}

static void place(struct span *s, const char *stream, int64_t seq)
{
    snprintf(s->stream, sizeof s->stream, "%s", stream);
    s->seq = seq;
}

static void end_stream(struct check *k, struct span *s)
{
    struct chain *c = &s->chain;
    if (c->stream[0] == '\0')
        return;
    check_head(k, c);
    if (k->marks)
        k->report->read_to = arena_text(k->arena, c->stream);
    if (k->task->tell != NULL)
        k->task->tell(k->task->ctx, k->report);
    if (k->task->entries_max > 0 && k->report->entries - k->begun_with >= k->task->entries_max)
        k->stops = true;
    c->stream[0] = '\0';
}

static void begin_stream(struct check *k, struct span *s, const char *stream)
{
    if (strcmp(stream, s->chain.stream) == 0)
        return;
    end_stream(k, s);
    arena_reset(s->of_chain);
    s->chain = (struct chain){.seq = -1, .leaf_index = -1, .leaves = buf_new(s->of_chain)};
    snprintf(s->chain.stream, sizeof s->chain.stream, "%s", stream);
    if (!k->stops)
        k->report->streams++;
}

/* The one row asked for cannot be read: the log knows its name. False: nothing more is known to be there. */
static int skip(struct check *k, struct span *s, struct err *why, bool *ret_more, struct err *e)
{
    struct db_rows r;
    int code = db_query(k->db, s->page, row_of(AUDIT_NEXT_KEY), DB_VALUES(db_text(s->stream), db_int(s->seq), db_text(s->to)),
                        &r, e);
    if (code != 0)
        return code;
    *ret_more = r.rows > 0;
    if (*ret_more)
        place(s, db_cell_text(&r, 0, "stream"), db_cell_int(&r, 0, "seq"));
    else
        s->seq++;
    check_fault(k, s->stream, s->seq, "page", "the database cannot read it: %.200s", why->text);
    if (*ret_more) {
        begin_stream(k, s, s->stream);
        check_skip(&s->chain, s->seq);
    }
    return 0;
}

static int check_page(struct check *k, struct span *s, const struct db_rows *r, struct err *e)
{
    struct arena *a = arena_new(0);
    int code = 0;
    for (int i = 0; code == 0 && i < r->rows; i++) {
        begin_stream(k, s, db_cell_text(r, i, "stream"));
        if (k->stops)
            break;
        arena_reset(a);
        code = check_entry(k, a, &s->chain, r, i, e);
    }
    arena_free(a);
    if (code == 0 && r->rows > 0)
        place(s, db_cell_text(r, r->rows - 1, "stream"), db_cell_int(r, r->rows - 1, "seq"));
    return code;
}

static int read_page(struct check *k, struct span *s, bool *ret_more, struct err *e)
{
    struct db_rows r = {0};
    arena_reset(s->page);
    int code = db_query(k->db, s->page, row_of(AUDIT_ENTRIES),
                        DB_VALUES(db_text(s->stream), db_int(s->seq), db_text(s->to), db_int(s->limit)), &r, e);
    struct err why = *e;
    code = check_damage(k, NULL, 0, code, e);
    if (code == 1 && s->limit == 1)
        return skip(k, s, &why, ret_more, e);
    if (code == 1) {
        s->limit = 1;
        s->singles = PAGE;
        return 0;
    }
    *ret_more = r.rows > 0;
    if (code == 0)
        code = check_page(k, s, &r, e);
    if (s->limit == 1 && --s->singles == 0)
        s->limit = PAGE;
    return code;
}

static int check_span(struct check *k, const char *from, int64_t seq, const char *to, struct err *e)
{
    struct span s = {.page = arena_new((size_t)512 << 20), .of_chain = arena_new((size_t)512 << 20), .to = to, .limit = PAGE};
    int code = 0;
    bool more = true;
    place(&s, from, seq);
    while (code == 0 && more && !k->stops)
        code = read_page(k, &s, &more, e);
    if (code == 0 && !k->stops)
        end_stream(k, &s);
    arena_free(s.page);
    arena_free(s.of_chain);
    return code;
}

static int check_lost_heads(struct check *k, struct err *e)
{
    struct db_rows r = {0};
    int code = db_query(k->db, k->arena, row_of(AUDIT_HEADS_LOST), DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++)
        check_fault(k, db_cell_text(&r, i, "stream"), db_cell_int(&r, i, "seq"), "head", "the stream has no entries left");
    code = check_damage(k, "SYS", 0, code, e);
    return code == 1 ? 0 : code;
}

/* Streams that an interrupted run has read, and that have grown since: from their beginning again. */
static int check_changed(struct check *k, const char *read_to, struct err *e)
{
    struct db_rows r = {0};
    int code = db_query(k->db, k->arena, row_of(AUDIT_CHANGED), DB_VALUES(db_text(read_to), db_int(k->report->log_size)),
                        &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++)
        code = check_span(k, db_cell_text(&r, i, "stream"), -1, db_cell_text(&r, i, "stream"), e);
    return code;
}

int check_entries(struct check *k, struct err *e)
{
    const char *read_to = k->report->read_to;
    int code = read_to == NULL ? 0 : check_changed(k, read_to, e);
    k->marks = true;
    if (code == 0 && !k->stops)
        code = check_span(k, read_to == NULL ? "" : read_to, INT64_MAX, LAST_STREAM, e);
    return code != 0 || k->stops ? code : check_lost_heads(k, e);
}
