#include "rehash_job.h"

#include <string.h>

#include "db/rehash_source.h"
#include "ledger/statement.h"

enum { EARLIER };
static const struct statement_row rows[] = {
    [EARLIER] = {"rehash_earlier", "select statement from ledger.entry where stream = 'SYS' and type = 'log.rehash' order by seq", 0, NULL},
};
const struct statement_table rehash_statements = STATEMENT_TABLE(rows);

struct point {
    uint64_t size;
    uint8_t root[DIGEST_LONG_LEN];
};

struct rehash_job {
    struct arena *arena;
    struct rehash_walk walk;
    struct merkle_frontier log;  /* the log's tree */
    uint64_t size;
    struct point *earlier;       /* ascending */
    size_t earlier_count;
};

int rehash_job_new(struct db *db, const struct merkle_frontier *log, struct rehash_job **ret, struct err *e)
{
    struct arena *a = arena_new(0);
    struct rehash_job *j = ARENA_NEW(a, struct rehash_job);
    struct db_rows r;
    j->arena = a;
    j->log = *log;
    j->size = log->size;
    int code = db_query(db, a, &rows[EARLIER], DB_NONE, &r, e);
    j->earlier = code == 0 ? ARENA_ARRAY(a, struct point, r.rows + 1) : NULL;
    for (int i = 0; code == 0 && i < r.rows; i++) {
        struct bytes text = db_cell(&r, i, "statement");
        struct statement s;
        struct point *p = &j->earlier[j->earlier_count++];
        code = statement_parse(a, (const char *)text.data, text.len, &s, e);
        if (code == 0)
            code = rehash_body_parse(s.body, p->root, &p->size, e);
    }
    if (code != 0)
        rehash_job_free(j);
    else
        *ret = j;
    return code;
}

struct rehash_job *rehash_job_free(struct rehash_job *j)
{
    if (j != NULL)
        arena_free(j->arena);
    return NULL;
}

const struct rehash_tree *rehash_job_tree(const struct rehash_job *j)
{
    return &j->walk.tree;
}

static int check_earlier(void *ctx, const struct rehash_walk *w, struct err *e)
{
    const struct rehash_job *j = ctx;
    uint8_t root[DIGEST_LONG_LEN];
    for (size_t i = 0; i < j->earlier_count; i++) {
        if (j->earlier[i].size != w->tree.size)
            continue;
        rehash_root(&w->tree, root);
        if (memcmp(root, j->earlier[i].root, sizeof root) != 0)
            return err_raise(e, ERR_TREE_REFUSED, "root", "", "the first %llu entries had another second tree when it was recorded",
                             (unsigned long long)w->tree.size);
    }
    return 0;
}

/* Whoever rewrites an entry and its leaf beside it has another log. */
static int check_log(const struct rehash_job *j, struct err *e)
{
    uint8_t log[DIGEST_LEN], read[DIGEST_LEN];
    merkle_frontier_root(&j->log, log);
    merkle_frontier_root(&j->walk.read, read);
    return memcmp(log, read, sizeof log) == 0 ? 0
               : err_raise(e, ERR_TREE_REFUSED, "root", "", "the first %llu entries are not those that were logged; run `stemma audit verify`",
                           (unsigned long long)j->size);
}

int rehash_job_step(struct rehash_job *j, struct db *db, bool *ret_whole, struct err *e)
{
    int code = rehash_walk_step(db, &j->walk, j->size, check_earlier, j, e);
    *ret_whole = code == 0 && j->walk.tree.size == j->size;
    return *ret_whole ? check_log(j, e) : code;
}
