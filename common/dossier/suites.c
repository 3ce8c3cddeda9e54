#include "dossier/suites.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/tsp.h"
#include "ledger/line.h"

static const struct {
    const char *name, *from, *until, *what;
} built_in[] = {
#define SUITE(name, from, until, what) {name, from, until, what},
#include "dossier/suites.def"
#undef SUITE
};

static const struct suite *find(const struct suites *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->row[i].name, name) == 0)
            return &s->row[i];
    return NULL;
}

static int add(struct suites *s, const struct suite *row, struct err *e)
{
    if (s->count == SUITES_MAX || find(s, row->name) != NULL || row->until_ms < row->from_ms)
        return err_raise(e, ERR_DOSSIER_REFUSED, "suites.txt", NULL, "%s: named twice, too many, or its end is before its beginning",
                         row->name);
    s->row[s->count++] = *row;
    return 0;
}

static int take_built_in(struct suites *ret, struct err *e)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < sizeof built_in / sizeof built_in[0]; i++) {
        struct suite row = {.what = built_in[i].what};
        snprintf(row.name, sizeof row.name, "%s", built_in[i].name);
        if (!clock_from_text(built_in[i].from, CLOCK_TEXT - 1, &row.from_ms) ||
            !clock_from_text(built_in[i].until, CLOCK_TEXT - 1, &row.until_ms))
            return err_fault(e, "suites.def: %s has no dates", row.name);
        code = add(ret, &row, e);
    }
    return code;
}

static bool take_line(struct line_reader *r, struct suite *ret)
{
    struct bytes name, from, until;
    if (!line_word(r, &name) || !line_take(r, " ") || !line_word(r, &from) || !line_take(r, " ") || !line_word(r, &until) ||
        !line_end(r) || name.len >= SUITE_NAME)
        return false;
    *ret = (struct suite){.what = ""};
    memcpy(ret->name, name.data, name.len);
    return clock_from_text((const char *)from.data, from.len, &ret->from_ms) &&
           clock_from_text((const char *)until.data, until.len, &ret->until_ms);
}

int suites_read(const char *text, struct suites *ret, struct err *e)
{
    *ret = (struct suites){.count = 0};
    if (text == NULL)
        return take_built_in(ret, e);
    struct line_reader r = line_reader_of(text, strlen(text));
    int code = 0;
    while (code == 0 && !line_at_end(&r)) {
        struct suite row;
        code = take_line(&r, &row) ? add(ret, &row, e)
                                      : err_raise(e, ERR_DOSSIER_REFUSED, "suites.txt", NULL,
                                                  "line %zu is not `<suite> <from> <until>`", ret->count + 1);
    }
    return code;
}

bool suites_accept(const struct suites *s, const char *name, int64_t at_ms)
{
    const struct suite *row = find(s, name);
    return row != NULL && at_ms >= row->from_ms && at_ms <= row->until_ms;
}

int64_t suites_end(const struct suites *s, const char *name)
{
    const struct suite *row = find(s, name);
    return row != NULL ? row->until_ms : TIME_ABSENT;
}

int64_t suites_token_until(const struct suites *s, int64_t ends_ms)
{
    int64_t suite_ms = suites_end(s, SUITE_TOKEN);
    return ends_ms < suite_ms ? ends_ms : suite_ms;
}

int64_t suites_token_end(const struct suites *s, struct arena *a, struct bytes token)
{
    struct tsp_facts facts;
    struct err e;
    if (tsp_facts_of(a, token, &facts, &e) != 0)
        return TIME_ABSENT;
    return suites_token_until(s, facts.ends_ms);
}
