#include "domain/str.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/text.h"

#define NAME_MAX_CHARS 20

static int refuse(struct err *e, const char *field, const char *text, size_t len, const char *why)
{
    return err_raise(e, ERR_RESULT_REFUSED, field, "T31", "\"%.*s\": %s", (int)(len < 40 ? len : 40), text, why);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_repeats(const char *p, size_t len)
{
    size_t n = len > 0 && is_digit(p[0]) ? 1 : 0;
    n += n == 1 && len > 1 && is_digit(p[1]);
    if (n == 0 || (p[0] == '0'))
        return false;
    return n == len || (n + 2 == len && p[n] == '.' && p[n + 1] >= '1' && p[n + 1] <= '3');
}

static bool is_name(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_letter = (p[i] >= 'A' && p[i] <= 'Z') || (p[i] >= 'a' && p[i] <= 'z');
        bool is_inner_blank = p[i] == ' ' && i > 0 && i + 1 < len;
        if (!is_digit(p[i]) && !is_letter && p[i] != '_' && !is_inner_blank)
            return false;
    }
    return len > 0 && len <= NAME_MAX_CHARS;
}

static bool is_amelogenin(const char *name)
{
    return strcasecmp(name, "amelogenin") == 0 || strcasecmp(name, "amel") == 0;
}

/* tenths of a repeat, so that 9.3 stands behind 9 and before 10; X before Y */
static int rank(const char *allele)
{
    int n = 0;
    if (!is_digit(*allele))
        return *allele;
    for (; is_digit(*allele); allele++)
        n = n * 10 + (*allele - '0');
    return n * 10 + (*allele == '.' ? allele[1] - '0' : 0);
}

/* each allele once, in order; false: there are too many */
static bool put_allele(struct str_locus *l, const char *allele)
{
    size_t at = 0;
    while (at < l->count && rank(l->allele[at]) < rank(allele))
        at++;
    if (at < l->count && rank(l->allele[at]) == rank(allele))
        return true;
    if (l->count == STR_ALLELES_MAX)
        return false;
    memmove(&l->allele[at + 1], &l->allele[at], (l->count - at) * sizeof l->allele[0]);
    l->allele[at] = allele;
    l->count++;
    return true;
}

static int alleles_read(struct arena *a, const char *p, const char *end, const char *field, struct str_locus *ret, struct err *e)
{
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        size_t len = (size_t)((comma != NULL ? comma : end) - p);
        bool fits = ret->is_sex ? len == 1 && (*p == 'X' || *p == 'Y') : is_repeats(p, len);
        if (!fits)
            return refuse(e, field, p, len, arena_printf(a, "no allele of %s", ret->name));
        if (!put_allele(ret, arena_dup(a, p, len)))
            return refuse(e, field, p, len, arena_printf(a, "%s has more than %d alleles", ret->name, STR_ALLELES_MAX));
        if (comma != NULL && comma + 1 == end)
            return refuse(e, field, p, len, "a comma without an allele behind");
        p += len + 1;
    }
    return 0;
}

static const struct str_locus *find(const struct str_profile *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcasecmp(p->locus[i].name, name) == 0 || (p->locus[i].is_sex && is_amelogenin(name)))
            return &p->locus[i];
    return NULL;
}

static int locus_read(struct arena *a, const char *p, size_t len, const char *field, struct str_profile *ret, struct err *e)
{
    const char *colon = memchr(p, ':', len);
    size_t name = colon != NULL ? (size_t)(colon - p) : 0;
    struct str_locus *l = &ret->locus[ret->count];
    if (!is_name(p, name))
        return refuse(e, field, p, len, "a locus is written NAME:ALLELE,ALLELE");
    *l = (struct str_locus){.name = arena_dup(a, p, name)};
    l->is_sex = is_amelogenin(l->name);
    if (find(ret, l->name) != NULL)
        return refuse(e, field, p, name, "this locus stands twice");
    int code = alleles_read(a, colon + 1, p + len, field, l, e);
    ret->count += code == 0;
    return code;
}

int str_parse(struct arena *a, const char *text, const char *field, struct str_profile *ret, struct err *e)
{
    ret->count = 0;
    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, ";");
        int code = ret->count == STR_LOCI_MAX ? refuse(e, field, p, len, "there are too many loci") : locus_read(a, p, len, field, ret, e);
        if (code != 0)
            return code;
        p += len + (p[len] == ';');
    }
    return ret->count > 0 ? 0 : refuse(e, field, text, strlen(text), "there is no locus");
}

static size_t shared(const struct str_locus *x, const struct str_locus *y)
{
    size_t n = 0;
    for (size_t i = 0; i < x->count; i++)
        for (size_t k = 0; k < y->count; k++)
            n += rank(x->allele[i]) == rank(y->allele[k]);
    return n;
}

static const char *percent(struct arena *a, size_t part, size_t whole)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    if (whole == 0)
        return "";
    mpq_set_ui(n.q, part * 100, whole);
    mpq_canonicalize(n.q);
    return number_to_decimal(a, &n, 1);
}

void str_match(struct arena *a, const struct str_profile *query, const struct str_profile *reference, bool with_sex, struct str_match *ret)
{
    struct buf names = buf_new(a);
    size_t same = 0, ours = 0, theirs = 0;
    *ret = (struct str_match){0};
    buf_put(&names, "");
    for (size_t i = 0; i < query->count; i++) {
        const struct str_locus *q = &query->locus[i], *r = find(reference, q->name);
        if (r == NULL || q->count == 0 || r->count == 0)
            continue;
        size_t n = shared(q, r);
        bool agrees = n == q->count && n == r->count, counts = with_sex || !q->is_sex;
        ret->loci++;
        ret->concordant += agrees;
        if (!agrees)
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", q->name);
        same += counts ? n : 0;
        ours += counts ? q->count : 0;
        theirs += counts ? r->count : 0;
    }
    ret->tanabe = percent(a, 2 * same, ours + theirs);
    ret->masters_query = percent(a, same, ours);
    ret->masters_reference = percent(a, same, theirs);
    ret->discordant = names.text;
}
