#include "audit_plan.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "audit_verbs.h"
#include "base/clock.h"
#include "crypto/certificate.h"
#include "crypto/tsp.h"
#include "dossier/suites.h"
#include "file/file.h"
#include "ledger/rehash.h"
#include "ledger/statement.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define YEAR_DAYS 365
#define FILE_MAX 65536
#define BEGIN "-----BEGIN "

enum { TOKENS, PEOPLE, SECOND_TREE };
static const struct statement_row rows[] = {
    /* one token a day is enough to know the authorities */
    [TOKENS] = {"audit_plan_tokens",
                "select distinct on (token_ms / 86400000) token from ledger.checkpoint order by token_ms / 86400000, size desc", 0, NULL},
    [PEOPLE] = {"audit_plan_people",
                "select c.person_id, c.der from access.certificate c join access.person p on p.person_id = c.person_id"
                " where c.replaced_ms is null and p.state = 'open' order by c.person_id", 0, NULL},
    [SECOND_TREE] = {"audit_plan_second_tree",
                     "select statement, time_ms from ledger.entry where stream = 'SYS' and type = 'log.rehash' order by seq desc limit 1",
                     0, NULL},
};
const struct statement_table audit_plan_statements = STATEMENT_TABLE(rows);

/* How long before its end a thing is to be seen to, and how. */
static const struct notice {
    const char *kind;
    int days;
    const char *todo;
} notices[] = {
    {"suite", 2 * YEAR_DAYS, "install a version with the next suite, then renew time-stamps and hashes under it"},
    {"authority", YEAR_DAYS, "add an authority with a younger certificate to tsa_url, then `stemma audit renew what=time_stamps`"},
    {"certificate", 60, "issue a new one; what the old one signed stays valid"},
    {"revocation_list", 10, "`stemma-signer --renew-crl DIR` on the signer's machine"},
    {"second_tree", YEAR_DAYS, "`stemma audit renew what=hashes`"},
};

struct planning {
    struct db *db;
    struct arena *a;
    int64_t now_ms;
    struct suites suites;
    struct renewal_plan *out;
};

const char *audit_plan_state(int64_t act_by_ms, int64_t ends_ms, int64_t now_ms)
{
    if (ends_ms != TIME_ABSENT && now_ms > ends_ms)
        return "late";
    return act_by_ms != TIME_ABSENT && now_ms >= act_by_ms ? "due" : "good";
}

static const struct notice *notice_of(const char *kind)
{
    size_t i = 0;
    while (strcmp(notices[i].kind, kind) != 0)
        i++;
    return &notices[i];
}

/* ${act_by_ms} TIME_ABSENT: the notice before its end. */
static struct plan_row *add(struct planning *p, const char *kind, const char *name, int64_t ends_ms, int64_t act_by_ms)
{
    const struct notice *n = notice_of(kind);
    struct plan_row *row = record_list_add(p->a, &record_plan_row, &p->out->rows);
    row->kind = n->kind;
    row->name = arena_text(p->a, name);
    row->ends_at = ends_ms;
    row->act_by = act_by_ms != TIME_ABSENT ? act_by_ms : ends_ms - n->days * DAY_MS;
    row->state = audit_plan_state(row->act_by, ends_ms, p->now_ms);
    row->todo = n->todo;
    return row;
}

/* ---- authorities, as their tokens show them */

static struct plan_authority *authority_of(struct plan_authority *all, size_t *count, const struct tsp_facts *facts)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(all[i].certificate, facts->certificate) == 0)
            return &all[i];
    struct plan_authority *t = &all[(*count)++];
    *t = (struct plan_authority){.name = facts->authority, .first_ms = facts->time_ms};
    memcpy(t->certificate, facts->certificate, sizeof t->certificate);
    return t;
}

/* what others stamped before is renewed by it, its own is not */
void audit_plan_token(struct plan_authority *all, size_t *count, const struct tsp_facts *facts, int64_t end_ms)
{
    struct plan_authority *t = authority_of(all, count, facts);
    t->end_ms = end_ms;
    for (size_t i = 0; i < *count; i++)
        all[i].is_renewed |= end_ms > all[i].end_ms && facts->time_ms <= all[i].end_ms;
    t->is_renewed = false;
}

/* At most three years between two renewals, and a year before the end. */
static void add_authority(struct planning *p, const struct plan_authority *t)
{
    int64_t by_ms = t->end_ms - notice_of("authority")->days * DAY_MS, three_ms = t->first_ms + 3 * YEAR_DAYS * DAY_MS;
    struct plan_row *row = add(p, "authority", arena_printf(p->a, "%s (%.16s)", t->name, t->certificate), t->end_ms,
                               by_ms < three_ms ? by_ms : three_ms);
    if (t->is_renewed) {
        row->state = "renewed";
        row->act_by = TIME_ABSENT;
        row->todo = "nothing: another authority's later time-stamp covers all of its";
    }
}

static int plan_authorities(struct planning *p, struct err *e)
{
    struct db_rows r;
    int code = db_query(p->db, p->a, &rows[TOKENS], DB_NONE, &r, e);
    struct plan_authority *all = code == 0 ? ARENA_ARRAY(p->a, struct plan_authority, r.rows + 1) : NULL;
    size_t count = 0;
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct tsp_facts facts;
        code = tsp_facts_of(p->a, db_cell(&r, i, "token"), &facts, e);
        if (code != 0)
            return code;
        audit_plan_token(all, &count, &facts, suites_token_end(&p->suites, p->a, db_cell(&r, i, "token")));
    }
    for (size_t i = 0; code == 0 && i < count; i++)
        add_authority(p, &all[i]);
    return code;
}

/* ---- certificates and lists */

static void plan_one(struct planning *p, const char *name, struct bytes pem)
{
    const char *kind = strcmp(name + strlen(name) - 4, ".crl") == 0 ? "revocation_list" : "certificate";
    char who[128];
    int64_t ends_ms;
    struct err why;
    if (certificate_end_of(pem, who, sizeof who, &ends_ms, &why) == 0) {
        add(p, kind, arena_printf(p->a, "%.100s (%.90s)", who, name), ends_ms, TIME_ABSENT);
    } else {
        struct plan_row *row = add(p, kind, arena_printf(p->a, "%.150s: cannot be read", name), TIME_ABSENT, p->now_ms);
        row->todo = "see what is wrong with the file: nobody knows when it ends";
    }
}

/* A file may hold several, one behind the other. */
static int plan_file(struct planning *p, const char *folder, const char *name, struct err *e)
{
    struct bytes file;
    int code = file_read(p->a, arena_printf(p->a, "%s/%s", folder, name), FILE_MAX, &file, e);
    if (code != 0)
        return code;
    const char *at = (const char *)file.data, *next;
    for (bool first = true; first || at != NULL; first = false, at = next) {
        next = strstr(strncmp(at, BEGIN, strlen(BEGIN)) == 0 ? at + strlen(BEGIN) : at, BEGIN);
        if (first && next != NULL && strncmp(at, BEGIN, strlen(BEGIN)) != 0)
            continue;                       /* words before the first */
        const char *end = next != NULL ? next : (const char *)file.data + file.len;
        plan_one(p, name, (struct bytes){(const uint8_t *)at, (size_t)(end - at)});
    }
    return 0;
}

/* People's own are planned from the record, which knows the newest. */
static int plan_folder(struct planning *p, const char *folder, struct err *e)
{
    DIR *dir = opendir(folder);
    int code = 0;
    if (dir == NULL)
        return err_fault(e, "cannot read the folder of certificates %s", folder);
    for (struct dirent *d = readdir(dir); d != NULL && code == 0; d = readdir(dir)) {
        size_t len = strlen(d->d_name);
        if (len < 5 || strncmp(d->d_name, "U-", 2) == 0 || strcmp(d->d_name, "log.pub.pem") == 0)
            continue;
        if (strcmp(d->d_name + len - 4, ".pem") == 0 || strcmp(d->d_name + len - 4, ".crl") == 0)
            code = plan_file(p, folder, d->d_name, e);
    }
    closedir(dir);
    return code;
}

static int plan_people(struct planning *p, struct err *e)
{
    struct db_rows r;
    int code = db_query(p->db, p->a, &rows[PEOPLE], DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct certificate *c = NULL;
        code = certificate_from_der(db_cell(&r, i, "der"), &c, e);
        if (code == 0)
            add(p, "certificate", arena_printf(p->a, "%s %s", db_cell_text(&r, i, "person_id"), certificate_facts(c)->common_name),
                certificate_facts(c)->not_after_ms, TIME_ABSENT);
        certificate_free(c);
    }
    return code;
}

/* ---- suites and the second tree */

static void plan_suites(struct planning *p)
{
    for (size_t i = 0; i < p->suites.count; i++)
        add(p, "suite", arena_printf(p->a, "%s, %s", p->suites.row[i].name, p->suites.row[i].what), p->suites.row[i].until_ms, TIME_ABSENT);
}

static int plan_second_tree(struct planning *p, struct err *e)
{
    struct db_rows r;
    int64_t end_ms = suites_end(&p->suites, SUITE_RECORD);
    int code = db_query(p->db, p->a, &rows[SECOND_TREE], DB_NONE, &r, e);
    if (code == 0 && r.rows == 0)
        add(p, "second_tree", "none yet: no entry is hashed with SHA-512", end_ms, p->now_ms);
    if (code != 0 || r.rows == 0)
        return code;
    struct bytes text = db_cell(&r, 0, "statement");
    struct statement s;
    uint8_t root[DIGEST_LONG_LEN];
    uint64_t size;
    char at[CLOCK_TEXT];
    clock_to_text(db_cell_int(&r, 0, "time_ms"), at);
    code = statement_parse(p->a, (const char *)text.data, text.len, &s, e);
    if (code == 0)
        code = rehash_body_parse(s.body, root, &size, e);
    if (code == 0)
        add(p, "second_tree", arena_printf(p->a, "of %llu entries, %.10s", (unsigned long long)size, at), end_ms,
            db_cell_int(&r, 0, "time_ms") + YEAR_DAYS * DAY_MS);
    return code;
}

int audit_plan(struct db *db, struct arena *a, const char *pki, int64_t now_ms, struct renewal_plan *ret, struct err *e)
{
    struct planning p = {.db = db, .a = a, .now_ms = now_ms, .out = ret};
    int code = suites_read(NULL, &p.suites, e);
    if (code == 0)
        plan_suites(&p);
    if (code == 0)
        code = plan_authorities(&p, e);
    if (code == 0)
        code = plan_second_tree(&p, e);
    if (code == 0)
        code = plan_folder(&p, pki, e);
    if (code == 0)
        code = plan_people(&p, e);
    ret->due = 0;
    for (size_t i = 0; i < ret->rows.count; i++) {
        const char *state = LIST_AT(ret->rows, const struct plan_row, i)->state;
        ret->due += strcmp(state, "due") == 0 || strcmp(state, "late") == 0;
    }
    return code;
}

static int decide_plan(struct call *c, struct err *e)
{
    return audit_plan(c->db, c->arena, audit_config.pki, c->now_ms, c->out, e);
}

const struct handler audit_plan_verb = {.decide = decide_plan};
