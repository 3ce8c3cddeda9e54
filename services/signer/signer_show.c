/* What the signer shows of itself: the state of keys, lines of the journal. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signer_inner.h"

#define JOURNAL_LOOK ((off_t)8 << 20)    /* so far back a question goes: some ten thousand lines */

static const char *state_of(const struct signer *s, const struct tries *t, bool has_key, int64_t now_ms)
{
    struct err e;
    if (!has_key)
        return "revoked";
    if (rule_barred(t, s->options->bar_after, &e) != 0)
        return "locked";
    return rule_tries(t, now_ms, s->options->lock_after, s->options->lock_ms, &e) != 0 ? "throttled" : "open";
}

static int key_state(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms, struct signer_key_state *ret,
                     struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    struct tries tries;
    int code = store_load(a, s->options->keys, person_id, &stored, e);
    bool has_key = code == 0;
    if (code == 0 || code == ERR_NOT_FOUND)
        code = store_tries(a, s->options->keys, person_id, &tries, e);
    if (code != 0)
        return code;
    *ret = (struct signer_key_state){person_id, state_of(s, &tries, has_key, now_ms), tries.failures,
                                     tries.failures > 0 ? tries.last_ms : TIME_ABSENT,
                                     has_key ? certificate_facts(stored.certificate)->not_after_ms : TIME_ABSENT};
    return 0;
}

int signer_keys(struct signer *s, struct arena *a, int64_t now_ms, struct signer_key_state **ret, size_t *ret_count,
                struct err *e)
{
    const char **ids;
    int code = store_people(a, s->options->keys, &ids, ret_count, e);
    *ret = code != 0 ? NULL : ARENA_ARRAY(a, struct signer_key_state, *ret_count + 1);
    for (size_t i = 0; code == 0 && i < *ret_count; i++)
        code = key_state(s, a, ids[i], now_ms, &(*ret)[i], e);
    return code;
}

bool signer_locked(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms)
{
    struct tries tries;
    struct err e;
    return store_tries(a, s->options->keys, person_id, &tries, &e) == 0 && strcmp(state_of(s, &tries, true, now_ms), "open") != 0;
}

/* The journal's end, from the beginning of a line. */
static int read_end(struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_fault(e, "the journal cannot be read");
    }
    off_t from = st.st_size > JOURNAL_LOOK ? st.st_size - JOURNAL_LOOK : 0;
    char *text = arena_alloc(a, (size_t)(st.st_size - from) + 1);
    ssize_t n = pread(fd, text, (size_t)(st.st_size - from), from);
    close(fd);
    if (n < 0)
        return err_fault(e, "the journal cannot be read");
    const char *first = from == 0 ? text : memchr(text, '\n', (size_t)n);
    size_t skip = first == NULL ? (size_t)n : (size_t)(first - text) + (from != 0);
    *ret = (struct bytes){(const uint8_t *)text + skip, (size_t)n - skip};
    return 0;
}

/* `at what peer person sha256 outcome`: is the fourth word ${person}? NULL: anybody. */
static bool is_about(const char *line, size_t len, const char *person)
{
    for (int word = 0; word < 3; word++) {
        const char *space = memchr(line, ' ', len);
        if (space == NULL)
            return false;
        len -= (size_t)(space + 1 - line);
        line = space + 1;
    }
    size_t n = person == NULL ? 0 : strlen(person);
    return person == NULL || (len > n && memcmp(line, person, n) == 0 && line[n] == ' ');
}

static size_t lines_of(struct arena *a, struct bytes text, const char *person, const char **ret, size_t limit)
{
    const char *begin = (const char *)text.data, *end = begin + text.len;
    size_t n = 0;
    while (n < limit && end > begin) {
        const char *line = end - 1;
        while (line > begin && line[-1] != '\n')
            line--;
        size_t len = (size_t)(end - line) - (end[-1] == '\n');
        if (is_about(line, len, person))
            ret[n++] = arena_dup(a, line, len);
        end = line;
    }
    return n;
}

/* whose lines may be shown: one's own; an administrator's question is not narrowed */
static int whose(const struct opened *o, const struct signer_request *q, const char *of, const char **ret, struct err *e)
{
    const char *roles = certificate_facts(o->stored.certificate)->roles;
    bool is_admin = (roles_from_text(roles) & ROLE_ADMIN) != 0;
    if (!is_admin && of != NULL && strcmp(of, q->person_id) != 0)
        return err_raise(e, ERR_ROLE_MISSING, "of_person", "R01", "only an administrator sees the lines of %s", of);
    *ret = is_admin ? of : q->person_id;
    return 0;
}

static int journal_may(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_journal_ask *ask,
                       struct bytes text, const char **ret_person, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    int code = signer_open_key(s, a, q, &(struct given){text, ask->sealed, SECOND_FACTOR_OFF}, &o, e);
    return code != 0 ? code : whose(&o, q, ask->of, ret_person, e);
}

int signer_journal(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_journal_ask *ask,
                   const char ***ret, size_t *ret_count, struct err *e)
{
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    const char *about = arena_printf(a, "stemma-journal/1 %s", q->person_id), *person = NULL;
    const struct bytes text = {(const uint8_t *)about, strlen(about)};
    struct bytes end = {NULL, 0};
    code = journal_may(s, a, q, ask, text, &person, e);
    if (code == 0)
        code = read_end(a, s->options->journal, &end, e);
    code = signer_note(s, a, q, "journal", text, code, e);
    if (code != 0)
        return code;
    *ret = ARENA_ARRAY(a, const char *, ask->limit + 1);
    *ret_count = lines_of(a, end, person, *ret, ask->limit);
    return 0;
}
