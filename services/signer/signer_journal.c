/* The journal, read back: a page of its lines for who may see them, and what was signed in a person's name since the login before. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "file/file.h"
#include "signer_inner.h"

#define PAGE_LOOK ((off_t)8 << 20)       /* so far back one page goes: some sixty thousand lines */
#define NOTICE_LOOK ((off_t)64 << 20)    /* so far back a login looks */
#define NOTICE_PIECE ((off_t)1 << 18)
#define LINE_SIZE 400

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
        code = read_piece(a, fd, end > PAGE_LOOK ? end - PAGE_LOOK : 0, end, ret, e);
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

/* the line before ${end}, without its end; ${end} is then where it begins; NULL: there is none */
static const char *line_before(const struct piece *p, const char **end, size_t *ret_len)
{
    const char *begin = (const char *)p->text.data, *line = *end - 1;
    if (*end <= begin)
        return NULL;
    while (line > begin && line[-1] != '\n')
        line--;
    *ret_len = (size_t)(*end - line) - ((*end)[-1] == '\n');
    *end = line;
    return line;
}

/* the newest lines of ${p} about ${person}, up to ${limit}; where the oldest of them stands, or what was read begins */
static void lines_of(struct arena *a, const struct piece *p, const char *person, size_t limit, struct signer_journal_page *ret)
{
    const char *begin = (const char *)p->text.data, *end = begin + p->text.len, *line;
    size_t len;
    ret->lines = ARENA_ARRAY(a, const char *, limit + 1);
    ret->count = 0;
    while (ret->count < limit && (line = line_before(p, &end, &len)) != NULL)
        if (is_about(line, len, person))
            ret->lines[ret->count++] = arena_dup(a, line, len);
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

bool signer_line_read(const char *line, size_t len, struct signer_line *ret)
{
    char text[LINE_SIZE], at[CLOCK_TEXT];
    if (len >= sizeof text)
        return false;
    memcpy(text, line, len);
    text[len] = '\0';
    return sscanf(text, "%24s %30s %60s %32s %64s %40s", at, ret->what, ret->peer, ret->person, ret->sha256, ret->outcome) == 6 &&
           clock_from_text(at, strlen(at), &ret->at_ms) && strlen(ret->sha256) == 64;
}

/* What a line says to ${ret}; true: it is the login before, and nothing earlier counts. */
static bool note_line(const struct signer_line *line, struct signer_notice *ret)
{
    if (strcmp(line->outcome, "ok") != 0)
        return false;
    if (strcmp(line->what, "sign") == 0) {
        ret->signed_count++;
        if (ret->signed_last_ms == TIME_ABSENT)
            ret->signed_last_ms = line->at_ms;
    }
    if (strcmp(line->what, "prove") != 0)
        return false;
    ret->login_ms = line->at_ms;
    memcpy(ret->login_peer, line->peer, sizeof ret->login_peer);
    return true;
}

/* ${p} from its end. Its first line says how far back was looked, whoever it is about: ${ret_oldest}. */
static bool note_piece(const struct piece *p, const char *person, struct signer_notice *ret, int64_t *ret_oldest)
{
    const char *begin = (const char *)p->text.data, *end = begin + p->text.len, *text;
    struct signer_line line;
    size_t len;
    while ((text = line_before(p, &end, &len)) != NULL) {
        if ((end != begin && !is_about(text, len, person)) || !signer_line_read(text, len, &line))
            continue;
        *ret_oldest = line.at_ms;
        if (strcmp(line.person, person) == 0 && note_line(&line, ret))
            return true;
    }
    return false;
}

int signer_notice_read(const char *path, const char *person_id, int64_t look, struct signer_notice *ret, struct err *e)
{
    struct stat st;
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t oldest = TIME_ABSENT;
    bool is_found = false;
    int code = 0;
    *ret = (struct signer_notice){.signed_last_ms = TIME_ABSENT, .login_ms = TIME_ABSENT, .counted_from_ms = TIME_ABSENT};
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_fault(e, "the journal cannot be read");
    off_t end = st.st_size, stop = st.st_size > look ? st.st_size - look : 0;
    while (code == 0 && !is_found && end > stop) {
        struct arena *a = arena_new(0);
        struct piece piece;
        code = read_piece(a, fd, end > NOTICE_PIECE ? end - NOTICE_PIECE : 0, end, &piece, e);
        if (code == 0) {
            is_found = note_piece(&piece, person_id, ret, &oldest);
            if (piece.from >= end)
                code = err_fault(e, "the journal has no lines");
            end = piece.from;
        }
        arena_free(a);
    }
    if (!is_found && end > 0)
        ret->counted_from_ms = oldest;
    return code;
}

int signer_notice(struct signer *s, const char *person_id, struct signer_notice *ret, struct err *e)
{
    return signer_notice_read(s->options->journal, person_id, NOTICE_LOOK, ret, e);
}
