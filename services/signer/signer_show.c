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

int signer_locked(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms, const char **ret, struct err *e)
{
    struct tries tries;
    int code = store_tries(a, s->options->keys, person_id, &tries, e);
    if (code == 0)
        *ret = state_of(s, &tries, true, now_ms);
    if (code != 0 || strcmp(*ret, "open") == 0)
        *ret = NULL;
    return code;
}

int signer_count_locked(struct signer *s, struct arena *a, int64_t now_ms, size_t *ret, struct err *e)
{
    const char **ids, *state;
    size_t count = 0;
    int code = store_failed(a, s->options->keys, &ids, &count, e);
    *ret = 0;
    for (size_t i = 0; code == 0 && i < count; i++) {
        code = signer_locked(s, a, ids[i], now_ms, &state, e);
        *ret += state != NULL;
    }
    return code;
}

/* A piece of the journal: whole lines, the first of them at ${from}. */
struct piece {
    struct bytes text;
    off_t from;
};

static int read_piece(struct arena *a, int fd, off_t from, off_t end, struct piece *ret, struct err *e)
{
    char *text = arena_alloc(a, (size_t)(end - from) + 1);
    if (pread(fd, text, (size_t)(end - from), from) != end - from)
        return err_fault(e, "the journal cannot be read");
    const char *first = from == 0 ? text : memchr(text, '\n', (size_t)(end - from));
    if (first == NULL)
        return err_fault(e, "the journal has no lines");
    size_t skip = (size_t)(first - text) + (from != 0);
    *ret = (struct piece){{(const uint8_t *)text + skip, (size_t)(end - from) - skip}, from + (off_t)skip};
    return 0;
}

/* a page ends where a line begins */
static bool is_line(int fd, off_t at)
{
    char c;
    return at == 0 || (pread(fd, &c, 1, at - 1) == 1 && c == '\n');
}

/* What lies before ${before}, or before the end. */
static int read_back(struct arena *a, const char *path, int64_t before, struct piece *ret, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), code;
    if (fd < 0 || fstat(fd, &st) != 0)
        code = err_fault(e, "the journal cannot be read");
    else if (before != INTEGER_ABSENT && (before < 0 || before > st.st_size || !is_line(fd, before)))
        code = err_raise(e, ERR_FIELD_RANGE, "before", NULL, "no answer named this place");
    else {
        off_t end = before == INTEGER_ABSENT ? st.st_size : before;
        code = read_piece(a, fd, end > JOURNAL_LOOK ? end - JOURNAL_LOOK : 0, end, ret, e);
    }
    if (fd >= 0)
        close(fd);
    return code;
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

/* the newest lines of ${p} about ${person}, up to ${limit}; where the oldest of them stands, or what was read begins */
static void lines_of(struct arena *a, const struct piece *p, const char *person, size_t limit, struct signer_journal_page *ret)
{
    const char *begin = (const char *)p->text.data, *end = begin + p->text.len;
    ret->lines = ARENA_ARRAY(a, const char *, limit + 1);
    ret->count = 0;
    while (ret->count < limit && end > begin) {
        const char *line = end - 1;
        while (line > begin && line[-1] != '\n')
            line--;
        size_t len = (size_t)(end - line) - (end[-1] == '\n');
        if (is_about(line, len, person))
            ret->lines[ret->count++] = arena_dup(a, line, len);
        end = line;
    }
    ret->earlier = p->from + (end - begin);
    if (ret->earlier == 0)
        ret->earlier = INTEGER_ABSENT;
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
    int code = signer_open_key(s, a, q, &(struct given){.text = text, .sealed = ask->sealed}, &o, e);
    return code != 0 ? code : whose(&o, q, ask->of, ret_person, e);
}

static int read_asked(struct signer *s, struct arena *a, const struct signer_journal_ask *ask, struct piece *ret, struct err *e)
{
    if (ask->limit < 1)
        return err_raise(e, ERR_FIELD_RANGE, "limit", NULL, "a page has at least one line");
    return read_back(a, s->options->journal, ask->before, ret, e);
}

int signer_journal(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_journal_ask *ask,
                   struct signer_journal_page *ret, struct err *e)
{
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    const char *about = arena_printf(a, "stemma-journal/1 %s", q->person_id), *person = NULL;
    const struct bytes text = {(const uint8_t *)about, strlen(about)};
    struct piece piece = {0};
    code = journal_may(s, a, q, ask, text, &person, e);
    if (code == 0)
        code = read_asked(s, a, ask, &piece, e);
    code = signer_note(s, a, q, "journal", text, code, e);
    if (code == 0)
        lines_of(a, &piece, person, (size_t)ask->limit, ret);
    return code;
}
