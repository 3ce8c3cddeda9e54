#include "rehash_job.h"

#include <string.h>

#include "ledger/statement.h"

#define STEP 500

enum { EARLIER, ENTRIES, FILE_OF };
static const struct statement_row rows[] = {
    [EARLIER] = {"rehash_earlier", "select statement from ledger.entry where stream = 'SYS' and type = 'log.rehash' order by seq", 0, NULL},
    [ENTRIES] = {"rehash_entries",
                 "select l.leaf, e.bytes, e.statement, e.signature from ledger.leaf l"
                 " join ledger.entry e on e.stream = l.stream and e.seq = l.seq"
                 " where l.leaf_index >= $1 and l.leaf_index < $2 order by l.leaf_index", 2, NULL},
    [FILE_OF] = {"rehash_file", "select bytes from ledger.attachment where sha256 = $1", 1, NULL},
};
const struct statement_table rehash_statements = STATEMENT_TABLE(rows);

struct point {
    uint64_t size;
    uint8_t root[DIGEST_LONG_LEN];
};

struct rehash_job {
    struct arena *arena;
    struct rehash_tree tree;
    struct merkle_frontier log, read;      /* the log's tree, and that of the leaves that were read */
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
    return &j->tree;
}

static int check_earlier(const struct rehash_job *j, struct err *e)
{
    uint8_t root[DIGEST_LONG_LEN];
    for (size_t i = 0; i < j->earlier_count; i++) {
        if (j->earlier[i].size != j->tree.size)
            continue;
        rehash_root(&j->tree, root);
        if (memcmp(root, j->earlier[i].root, sizeof root) != 0)
            return err_raise(e, ERR_TREE_REFUSED, "root", "", "the first %llu entries had another second tree when it was recorded",
                             (unsigned long long)j->tree.size);
    }
    return 0;
}

/* Whoever rewrites an entry and its leaf beside it has another log. */
static int check_log(const struct rehash_job *j, struct err *e)
{
    uint8_t log[DIGEST_LEN], read[DIGEST_LEN];
    merkle_frontier_root(&j->log, log);
    merkle_frontier_root(&j->read, read);
    return memcmp(log, read, sizeof log) == 0 ? 0
               : err_raise(e, ERR_TREE_REFUSED, "root", "", "the first %llu entries are not those that were logged; run `stemma audit verify`",
                           (unsigned long long)j->size);
}

static int read_files(struct db *db, struct arena *a, const struct entry *x, struct bytes *files, struct err *e)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < x->att_count; i++) {
        struct db_rows r;
        code = db_query(db, a, &rows[FILE_OF], DB_VALUES(db_bytes((struct bytes){x->att[i].sha256, DIGEST_LEN})), &r, e);
        files[i] = code == 0 && r.rows == 1 ? db_cell(&r, 0, "bytes") : (struct bytes){(const uint8_t *)"", 0};
    }
    return code;
}

static int take(struct rehash_job *j, struct db *db, struct arena *a, const struct db_rows *r, int row, struct err *e)
{
    struct rehash_leaf l = {.text = db_cell(r, row, "bytes"), .stmt = db_cell(r, row, "statement"), .p7s = db_cell(r, row, "signature")};
    struct entry x;
    uint8_t leaf[DIGEST_LEN];
    entry_leaf_hash(l.text.data, l.text.len, leaf);
    const struct bytes logged = db_cell(r, row, "leaf");
    if (logged.len != DIGEST_LEN || memcmp(leaf, logged.data, DIGEST_LEN) != 0)
        return err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "the entry at leaf %llu is not what was logged; run `stemma audit verify`",
                         (unsigned long long)j->tree.size);
    merkle_append(&j->read, leaf);
    int code = entry_parse(a, (const char *)l.text.data, l.text.len, &x, e);
    if (code != 0)
        return code;
    struct bytes *files = ARENA_ARRAY(a, struct bytes, x.att_count + 1);
    l.entry = &x;
    l.att = files;
    code = read_files(db, a, &x, files, e);
    if (code == 0)
        code = rehash_check(&l, e);
    if (code == 0)
        rehash_add(&j->tree, rehash_record(a, &l));
    return code != 0 ? code : check_earlier(j, e);
}

int rehash_job_step(struct rehash_job *j, struct db *db, bool *ret_whole, struct err *e)
{
    struct arena *a = arena_new((size_t)512 << 20);
    uint64_t from = j->tree.size, to = from + STEP < j->size ? from + STEP : j->size;
    struct db_rows r;
    int code = db_query(db, a, &rows[ENTRIES], DB_VALUES(db_int((int64_t)from), db_int((int64_t)to)), &r, e);
    if (code == 0 && (uint64_t)r.rows != to - from)
        code = err_raise(e, ERR_TREE_REFUSED, "leaf_index", "", "entries of leaves %llu to %llu are missing", (unsigned long long)from,
                         (unsigned long long)to);
    for (int i = 0; code == 0 && i < r.rows; i++)
        code = take(j, db, a, &r, i, e);
    arena_free(a);
    *ret_whole = code == 0 && j->tree.size == j->size;
    return *ret_whole ? check_log(j, e) : code;
}
