#include "audit_restore.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_check.h"
#include "audit_scratch.h"
#include "audit_verbs.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "file/file.h"
#include "wire/client.h"

#define ABOUT_MAX 4096
#define PATIENCE_MS 20000

enum { TESTS };
static const struct statement_row rows[] = {
    [TESTS] = {"audit_restore_tests",
               "select seq, time_ms, statement from ledger.entry where stream = 'SYS' and type = 'log.restore_test'"
               " order by seq desc limit 50", 0, NULL},
};
const struct statement_table audit_restore_statements = STATEMENT_TABLE(rows);

/** What a copy says of itself. */
struct copy {
    const char *folder, *locale;
    int64_t at_ms, size;
    char sha256[DIGEST_HEX];
};

static int is_copy(const struct dirent *d)
{
    return d->d_name[0] == '2' && strspn(d->d_name, "0123456789TZ") == strlen(d->d_name);
}

static const char *line_of(struct arena *a, struct bytes about, const char *name)
{
    const char *at = strstr((const char *)about.data, arena_printf(a, "\n%s ", name));
    if (at == NULL)
        return "";
    at += strlen(name) + 2;
    return arena_dup(a, at, strcspn(at, "\n"));
}

static int read_about(struct arena *a, struct copy *ret, struct err *e)
{
    struct bytes about;
    int code = file_read(a, arena_printf(a, "%s/about", ret->folder), ABOUT_MAX, &about, e);
    if (code != 0)
        return code;
    ret->locale = line_of(a, about, "locale");
    ret->size = strtoll(line_of(a, about, "size"), NULL, 10);
    const char *at = line_of(a, about, "at");
    if (strncmp((const char *)about.data, "stemma-backup/1\n", 16) != 0 || !clock_from_text(at, strlen(at), &ret->at_ms) ||
        sscanf(line_of(a, about, "dump"), "%64[0-9a-f]", ret->sha256) != 1)
        return err_fault(e, "%s/about does not say what the copy is", ret->folder);
    return 0;
}

static int find_newest(struct arena *a, const char *backups, struct copy *ret, struct err *e)
{
    struct dirent **list = NULL;
    int n = scandir(backups, &list, is_copy, alphasort);
    *ret = (struct copy){.folder = n > 0 ? arena_printf(a, "%s/%s", backups, list[n - 1]->d_name) : NULL};
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
    return n > 0 ? read_about(a, ret, e) : err_raise(e, ERR_NOT_FOUND, "", "R40", "no copy is in %s", backups);
}

/* The file's digest; it may be large, and is read once. */
static int digest_of(const char *path, char ret[DIGEST_HEX], struct err *e)
{
    struct stat st;
    uint8_t digest[DIGEST_LEN];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
        if (fd >= 0)
            close(fd);
        return err_fault(e, "%s cannot be read", path);
    }
    void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED)
        return err_fault(e, "%s cannot be read", path);
    digest_sha256(data, (size_t)st.st_size, digest);
    munmap(data, (size_t)st.st_size);
    hex_of(digest, sizeof digest, ret);
    return 0;
}

/* Roles that are there already are complained of in the log, and no matter. */
static int put_back(struct arena *a, const struct audit_scratch *s, const struct copy *c, struct err *e)
{
    const char *there = audit_scratch_conninfo(a, s, NULL);
    char *roles[] = {arena_text(a, "psql"), arena_text(a, "-X"), arena_text(a, "-q"), arena_text(a, "-d"), arena_text(a, there),
                     arena_text(a, "-f"), arena_printf(a, "%s/roles", c->folder), NULL};
    char *dump[] = {arena_text(a, "pg_restore"), arena_text(a, "--exit-on-error"), arena_text(a, "-d"), arena_text(a, there),
                    arena_printf(a, "%s/dump", c->folder), NULL};
    int code = audit_scratch_run(a, s, roles, e);
    return code != 0 ? code : audit_scratch_run(a, s, dump, e);
}

static int verify_copy(struct arena *a, const struct audit_job *job, const struct audit_scratch *s, const struct copy *c,
                       struct audit_report *ret, struct err *e)
{
    const char *live = audit_config.common.database;
    audit_config.common.database = audit_scratch_conninfo(a, s, "audit");
    int code = audit_job_copy(a, job, ret, e);
    audit_config.common.database = live;
    if (code == 0 && ret->tree_size < c->size)
        audit_fault_add(a, ret, "SYS", ret->tree_size, "backup",
                        arena_printf(a, "the copy was made of a log of %" PRId64 " entries, it holds %" PRId64, c->size,
                                     ret->tree_size));
    return code;
}

static void sum_up(struct arena *a, const struct copy *c, const struct audit_report *r, int64_t began_us, struct restore_test *ret)
{
    const struct audit_fault *first = r->faults.count == 0 ? NULL : LIST_AT(r->faults, const struct audit_fault, 0);
    record_init(&record_restore_test, ret);
    ret->backup_at = c->at_ms;
    ret->backup_sha256 = c->sha256;
    ret->holds = r->holds == 1 && strcmp(r->state, "done") == 0;
    ret->entries = r->entries;
    ret->faults = (int64_t)r->faults.count;
    ret->seconds = (clock_monotonic_us() - began_us) / 1000000;
    ret->text = first == NULL ? "put back, verified whole, projections made again"
                              : arena_printf(a, "%s%s%.40s: %.200s", first->stream != NULL ? first->stream : "",
                                             first->stream != NULL ? " " : "", first->rule, first->text);
}

static void note_fault(struct arena *a, struct audit_report *r, const char *text)
{
    audit_fault_add(a, r, NULL, 0, "backup", text);
    r->state = "done";
}

int audit_restore_test(struct arena *a, const struct audit_job *job, const char *backups, struct audit_report *ret,
                       struct restore_test *ret_test, struct err *e)
{
    struct copy *c = ARENA_NEW(a, struct copy);
    struct audit_scratch scratch = {0};
    char digest[DIGEST_HEX];
    int64_t began_us = clock_monotonic_us();
    record_init(&record_audit_report, ret);
    ret->scope = "copy";
    ret->state = "running";
    ret->holds = 1;
    ret->began_at = clock_ms();
    ret->entries = ret->acts = ret->streams = ret->tree_size = 0;
    int code = find_newest(a, backups, c, e);
    if (code == 0)
        code = digest_of(arena_printf(a, "%s/dump", c->folder), digest, e);
    if (code != 0)
        return code;
    if (strcmp(digest, c->sha256) != 0) {
        note_fault(a, ret, arena_printf(a, "the copy %s is damaged: its SHA-256 is another", c->folder));
    } else {
        code = audit_scratch_empty(a, "restore", c->locale, &scratch, e);
        if (code == 0 && put_back(a, &scratch, c, e) != 0)
            note_fault(a, ret, arena_printf(a, "the copy %s cannot be put back: %.200s", c->folder, e->text));
        else if (code == 0)
            code = verify_copy(a, job, &scratch, c, ret, e);
        audit_scratch_end(&scratch);
    }
    sum_up(a, c, ret, began_us, ret_test);
    return code;
}

int audit_restore_tell(struct arena *a, const struct restore_test *test, struct err *e)
{
    struct wire_client *client = NULL;
    int code = wire_client_new(audit_config.common.curve_secret, audit_config.common.curve_public, audit_config.directory,
                               &client, e);
    if (code != 0)
        return code;
    wire_client_timeout(client, PATIENCE_MS);
    code = wire_serve(client, a, "sequencer.restore_tested", test, NULL, e);
    wire_client_free(client);
    return code;
}

static int decide_restores(struct call *c, struct err *e)
{
    struct restore_rows *out = c->out;
    struct db_rows r;
    int code = db_query(c->db, c->arena, &rows[TESTS], DB_NONE, &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct statement s;
        struct restore_test *t = record_new(c->arena, &record_restore_test);
        struct bytes text = db_cell(&r, i, "statement");
        code = statement_parse(c->arena, (const char *)text.data, text.len, &s, e);
        if (code == 0)
            code = record_from_json(c->arena, &record_restore_test, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, t, e);
        if (code != 0)
            break;
        struct restore_row *row = record_list_add(c->arena, &record_restore_row, &out->tests);
        row->seq = db_cell_int(&r, i, "seq");
        row->tested_at = db_cell_int(&r, i, "time_ms");
        row->backup_at = t->backup_at;
        row->holds = t->holds;
        row->entries = t->entries;
        row->text = t->text;
    }
    return code;
}

const struct handler audit_restores_verb = {.decide = decide_restores};
