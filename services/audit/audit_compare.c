#include "audit_compare.h"

#include <stdio.h>
#include <string.h>

#include "audit_check.h"
#include "audit_settings.h"

/* What was granted by an acl, to whom, its owner left out: another one made the scratch database. */
#define GRANTED(acl, owner)                                                                                                  \
    "coalesce((select string_agg(coalesce(u.rolname, 'everybody') || ' ' || x.privilege_type, ', ' order by u.rolname, x.privilege_type)" \
    " from aclexplode(" acl ") x left join pg_roles u on u.oid = x.grantee where x.grantee <> " owner "), 'nothing')"
/* ${except}: triggers that are ours. */
#define DEFINITIONS(except)                                                                                                  \
    "select k.key, jsonb_build_object('definition', k.definition)::text as row from"                                         \
    " (select 'function ' || p.oid::regprocedure as key, p.pronamespace as nsp, pg_get_functiondef(p.oid) as definition"      \
    " from pg_proc p where p.prokind = 'f'"                                                                                  \
    " union all select 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, c.relnamespace,"                             \
    " pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ', switched off' end"                               \
    " from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal" except                               \
    " union all select 'view ' || c.oid::regclass, c.relnamespace, pg_get_viewdef(c.oid) from pg_class c where c.relkind = 'v'" \
    " union all select 'constraint ' || o.conname || ' of ' || o.conrelid::regclass, o.connamespace, pg_get_constraintdef(o.oid)" \
    " from pg_constraint o where o.conrelid <> 0"                                                                             \
    " union all select 'index ' || i.indexrelid::regclass, c.relnamespace, pg_get_indexdef(i.indexrelid)"                     \
    " || case when i.indisvalid then '' else ', not valid' end from pg_index i join pg_class c on c.oid = i.indrelid"         \
    " union all select 'column ' || c.oid::regclass || '.' || a.attname, c.relnamespace, format_type(a.atttypid, a.atttypmod)" \
    " || case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')" \
    " || ', granted ' || " GRANTED("a.attacl", "c.relowner") " from pg_attribute a join pg_class c on c.oid = a.attrelid"      \
    " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"                                                \
    " where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped"                                                          \
    " union all select 'rule ' || w.rulename || ' on ' || w.ev_class::regclass, c.relnamespace, pg_get_ruledef(w.oid)"        \
    " from pg_rewrite w join pg_class c on c.oid = w.ev_class where w.rulename <> '_RETURN'"                                  \
    " union all select 'grants on ' || c.oid::regclass, c.relnamespace, " GRANTED("c.relacl", "c.relowner")                    \
    " from pg_class c where c.relkind in ('r', 'v', 'S')"                                                                     \
    " union all select 'grants on ' || p.oid::regprocedure, p.pronamespace,"                                                  \
    " " GRANTED("coalesce(p.proacl, acldefault('f', p.proowner))", "p.proowner") " from pg_proc p) k"                          \
    " join pg_namespace n on n.oid = k.nsp"                                                                                   \
    " where n.nspname in ('ledger', 'access', 'source', 'batch', 'quality', 'custody', 'release')"

enum { LIVE_DEFINITIONS, LIVE_TABLES };
static const struct statement_row live_rows[] = {
    [LIVE_DEFINITIONS] = {"audit_compare_live_definitions", DEFINITIONS(""), 0, NULL},
    [LIVE_TABLES] = {"audit_compare_live_tables",
        "select n.nspname || '.' || c.relname as tab, has_table_privilege(c.oid, 'select') as readable"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'"
        " and n.nspname in ('access', 'source', 'batch', 'quality', 'custody', 'release') order by 1", 0, NULL},
};
const struct statement_table audit_compare_statements = STATEMENT_TABLE(live_rows);

enum { TABLES, DEFINITIONS_MADE, LOAD_LIVE, LOAD_MADE, COLLECT, DIFFERENCES_FOUND };
static const struct statement_row scratch_rows[] = {
    [TABLES] = {"audit_compare_tables", "select tab, page, is_projection from replay.tables order by tab", 0, NULL},
    [DEFINITIONS_MADE] = {"audit_compare_definitions", DEFINITIONS(" and t.tgname <> 'replay_touch'"), 0, NULL},
    [LOAD_LIVE] = {"audit_compare_load_live",
        "insert into replay.live (tab, key, row) select $1, u.key, u.row::jsonb from unnest($2::text[], $3::text[]) u (key, row)",
        3, NULL},
    [LOAD_MADE] = {"audit_compare_load_made",
        "insert into replay.made (tab, key, row) select $1, u.key, u.row::jsonb from unnest($2::text[], $3::text[]) u (key, row)",
        3, NULL},
    [COLLECT] = {"audit_compare_collect", "select replay.collect() as count", 0, NULL},
    [DIFFERENCES_FOUND] = {"audit_compare_differences",
        "select tab, key, stream, seq, left(what, 380) as what from replay.differences order by tab, key limit 101", 0, NULL},
};

struct compare {
    struct arena *arena;
    struct audit_report *report;
    struct db *live, *scratch;
    struct db_rows tables, live_tables;
};

static int load(struct compare *k, int how, const char *table, const struct db_rows *r, struct arena *a, struct err *e)
{
    const char **keys = ARENA_ARRAY(a, const char *, r->rows + 1), **list = ARENA_ARRAY(a, const char *, r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        keys[i] = db_cell_text(r, i, "key");
        list[i] = db_cell_text(r, i, "row");
    }
    return db_query(k->scratch, a, &scratch_rows[how],
                    DB_VALUES(db_text(table), db_texts(keys, (size_t)r->rows), db_texts(list, (size_t)r->rows)), NULL, e);
}

static int load_definitions(struct compare *k, struct err *e)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct db_rows live, made;
    int code = db_query(k->live, a, &live_rows[LIVE_DEFINITIONS], DB_NONE, &live, e);
    if (code == 0)
        code = db_query(k->scratch, a, &scratch_rows[DEFINITIONS_MADE], DB_NONE, &made, e);
    if (code == 0)
        code = load(k, LOAD_LIVE, "definition", &live, a, e);
    if (code == 0)
        code = load(k, LOAD_MADE, "definition", &made, a, e);
    arena_free(a);
    return code;
}

static int read_table(struct compare *k, struct db *db, const struct statement_row *row, const char *table, struct err *e)
{
    struct arena *page = arena_new((size_t)512 << 20);
    struct db_rows r = {0};
    char at[64] = "(0,0)";
    int code;
    do {
        arena_reset(page);
        code = db_query(db, page, row, DB_VALUES(db_text(at)), &r, e);
        if (code == 0 && r.rows > 0) {
            snprintf(at, sizeof at, "%s", db_cell_text(&r, r.rows - 1, "at"));
            k->report->rows += r.rows;
            code = load(k, LOAD_LIVE, table, &r, page, e);
        }
    } while (code == 0 && r.rows > 0);
    arena_free(page);
    return code;
}

static void fault_of(struct compare *k, const char *table, const char *text)
{
    audit_fault_row(k->arena, audit_fault_add(k->arena, k->report, NULL, 0, "replay", text), table, NULL);
}

/* 1: the live database has it and lets us read it; 0: not, which is a fault: whoever takes the right away hides the table. */
static bool is_there(struct compare *k, const char *table)
{
    for (int i = 0; i < k->live_tables.rows; i++)
        if (strcmp(db_cell_text(&k->live_tables, i, "tab"), table) == 0) {
            bool readable = db_cell_bool(&k->live_tables, i, "readable");
            if (!readable)
                fault_of(k, table, "the auditor has no right to read it");
            return readable;
        }
    fault_of(k, table, "the table is not there");
    return false;
}

/* Reading page after page needs statements of its own for each table: their text is made by the scratch database. */
static int read_tables(struct compare *k, struct err *e)
{
    struct statement_row *rows = ARENA_ARRAY(k->arena, struct statement_row, k->tables.rows + 1);
    const char **names = ARENA_ARRAY(k->arena, const char *, k->tables.rows + 1);
    size_t n = 0;
    int code = 0;
    for (int i = 0; i < k->tables.rows; i++) {
        const char *table = db_cell_text(&k->tables, i, "tab");
        if (!db_cell_bool(&k->tables, i, "is_projection") || !is_there(k, table))
            continue;
        names[n] = table;
        rows[n++] = (struct statement_row){arena_printf(k->arena, "page_%s", table), db_cell_text(&k->tables, i, "page"), 1, NULL};
    }
    const struct statement_table table = {rows, n};
    code = db_prepare(k->live, &table, e);
    for (size_t i = 0; code == 0 && i < n; i++)
        code = read_table(k, k->live, &rows[i], names[i], e);
    return code;
}

static void check_strangers(struct compare *k)
{
    for (int i = 0; i < k->live_tables.rows; i++) {
        const char *table = db_cell_text(&k->live_tables, i, "tab");
        bool known = false;
        for (int m = 0; !known && m < k->tables.rows; m++)
            known = strcmp(db_cell_text(&k->tables, m, "tab"), table) == 0;
        if (!known)
            fault_of(k, table, "no migration makes this table");
    }
}

static int find_differences(struct compare *k, struct err *e)
{
    struct db_rows r;
    int code = db_query(k->scratch, k->arena, &scratch_rows[COLLECT], DB_NONE, NULL, e);
    if (code == 0)
        code = db_query(k->scratch, k->arena, &scratch_rows[DIFFERENCES_FOUND], DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct audit_fault *f = audit_fault_add(k->arena, k->report, db_cell_text(&r, i, "stream"), db_cell_int(&r, i, "seq"),
                                                "replay", db_cell_text(&r, i, "what"));
        audit_fault_row(k->arena, f, db_cell_text(&r, i, "tab"), db_cell_text(&r, i, "key"));
    }
    return code;
}

int audit_compare(struct arena *a, struct audit_report *report, struct db *live, const char *scratch, struct err *e)
{
    static const struct statement_table table = STATEMENT_TABLE(scratch_rows);
    struct compare k = {.arena = a, .report = report, .live = live};
    int code = db_open(scratch, "replay", &table, 1, &k.scratch, e);
    code = code != 0 ? code : db_script(k.scratch, "set statement_timeout = 0", e);
    code = code != 0 ? code : db_query(k.scratch, a, &scratch_rows[TABLES], DB_NONE, &k.tables, e);
    code = code != 0 ? code : db_query(k.live, a, &live_rows[LIVE_TABLES], DB_NONE, &k.live_tables, e);
    code = code != 0 ? code : read_tables(&k, e);
    if (code == 0)
        check_strangers(&k);
    code = code != 0 ? code : load_definitions(&k, e);
    code = code != 0 ? code : find_differences(&k, e);
    db_close(k.scratch);
    return code;
}
