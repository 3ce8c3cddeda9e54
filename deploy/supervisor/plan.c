#include "plan.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READY_MS_DEFAULT 15000
#define STOP_MS_DEFAULT 10000
#define TIME_MS_MAX 600000

struct reading {
    struct plan *plan;
    struct err *e;
    int result;
};

static bool to_ms(const char *text, int64_t *ret)
{
    char *end;
    errno = 0;
    long v = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || v < 1 || v > TIME_MS_MAX)
        return false;
    *ret = v;
    return true;
}

static bool set_command(struct plan *p, struct plan_program *g, const char *value)
{
    size_t n = 0;
    char *text = arena_text(p->arena, value), *save = NULL;
    for (char *w = strtok_r(text, " \t", &save); w != NULL; w = strtok_r(NULL, " \t", &save)) {
        if (n == PLAN_WORDS)
            return false;
        g->words[n++] = w;
    }
    g->words[n] = NULL;
    return n > 0;
}

static bool set_ready(struct plan_program *g, const char *value)
{
    g->has_notice = strcmp(value, "notice") == 0;
    return g->has_notice || strcmp(value, "start") == 0;
}

static bool program_set(struct plan *p, struct plan_program *g, const char *key, const char *value)
{
    if (strcmp(key, "command") == 0)
        return set_command(p, g, value);
    if (strcmp(key, "after") == 0)
        return (g->after_text = arena_text(p->arena, value)) != NULL;
    if (strcmp(key, "ready") == 0)
        return set_ready(g, value);
    if (strcmp(key, "ready_ms") == 0)
        return to_ms(value, &g->ready_ms);
    if (strcmp(key, "stop_ms") == 0)
        return to_ms(value, &g->stop_ms);
    return false;
}

static bool folder_set(struct plan *p, const char *key, const char *value)
{
    if (strcmp(key, "run") == 0)
        return (p->run_folder = arena_text(p->arena, value)) != NULL;
    if (strcmp(key, "log") == 0)
        return (p->log_folder = arena_text(p->arena, value)) != NULL;
    return false;
}

static struct plan_program *program_find(struct plan *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->programs[i].name, name) == 0)
            return &p->programs[i];
    return NULL;
}

static struct plan_program *program_add(struct plan *p, const char *name)
{
    if (p->count == PLAN_PROGRAMS)
        return NULL;
    struct plan_program *g = &p->programs[p->count++];
    *g = (struct plan_program){.name = arena_text(p->arena, name), .after_text = "", .has_notice = true,
                               .ready_ms = READY_MS_DEFAULT, .stop_ms = STOP_MS_DEFAULT};
    return g;
}

static int on_row(void *user, const char *section, const char *key, const char *value)
{
    struct reading *r = user;
    bool ok;
    if (r->result != 0)
        return 1;
    if (strcmp(section, "supervisor") == 0) {
        ok = folder_set(r->plan, key, value);
    } else {
        struct plan_program *g = program_find(r->plan, section);
        if (g == NULL)
            g = program_add(r->plan, section);
        ok = g != NULL && program_set(r->plan, g, key, value);
    }
    if (!ok)
        r->result = err_fault(r->e, "[%s] %s = %s: no such key, or not a value it takes", section, key, value);
    return 1;
}

static int after_resolve(struct plan *p, struct plan_program *g, struct err *e)
{
    char *save = NULL, *text = arena_text(p->arena, g->after_text);
    for (char *w = strtok_r(text, " \t", &save); w != NULL; w = strtok_r(NULL, " \t", &save)) {
        const struct plan_program *other = program_find(p, w);
        if (other == NULL || other == g)
            return err_fault(e, "[%s] after = %s: there is no such other program", g->name, w);
        if (g->after_count == PLAN_PROGRAMS)
            return err_fault(e, "[%s] after: too many", g->name);
        g->after[g->after_count++] = (size_t)(other - p->programs);
    }
    return 0;
}

/* Start whatever may start, round by round: what is left over waits for itself. */
static int circle_check(const struct plan *p, struct err *e)
{
    bool is_ready[PLAN_PROGRAMS] = {false};
    for (size_t round = 0; round < p->count; round++)
        for (size_t i = 0; i < p->count; i++)
            if (plan_may_start(p, i, is_ready))
                is_ready[i] = true;
    for (size_t i = 0; i < p->count; i++)
        if (!is_ready[i])
            return err_fault(e, "[%s] after: waits for itself in a circle", p->programs[i].name);
    return 0;
}

static int plan_check(struct plan *p, struct err *e)
{
    if (p->run_folder == NULL || p->log_folder == NULL)
        return err_fault(e, "[supervisor] needs run and log");
    if (p->count == 0)
        return err_fault(e, "there is no program to run");
    for (size_t i = 0; i < p->count; i++) {
        if (p->programs[i].words[0] == NULL)
            return err_fault(e, "[%s] has no command", p->programs[i].name);
        int r = after_resolve(p, &p->programs[i], e);
        if (r != 0)
            return r;
    }
    return circle_check(p, e);
}

int plan_parse(struct arena *a, const char *text, struct plan *ret, struct err *e)
{
    *ret = (struct plan){.arena = a};
    struct reading r = {ret, e, 0};
    int line = ini_parse_string(text, on_row, &r);
    if (r.result != 0)
        return r.result;
    if (line != 0)
        return err_fault(e, "line %d is not INI", line);
    return plan_check(ret, e);
}

int plan_read(struct arena *a, const char *path, struct plan *ret, struct err *e)
{
    *ret = (struct plan){.arena = a};
    struct reading r = {ret, e, 0};
    int line = ini_parse(path, on_row, &r);
    if (line < 0)
        return err_fault(e, "%s: %s", path, strerror(errno));
    if (r.result != 0)
        return r.result;
    if (line != 0)
        return err_fault(e, "%s: line %d is not INI", path, line);
    return plan_check(ret, e);
}

bool plan_may_start(const struct plan *p, size_t i, const bool is_ready[])
{
    const struct plan_program *g = &p->programs[i];
    for (size_t k = 0; k < g->after_count; k++)
        if (!is_ready[g->after[k]])
            return false;
    return true;
}

bool plan_may_stop(const struct plan *p, size_t i, const bool is_gone[])
{
    for (size_t k = 0; k < p->count; k++)
        for (size_t j = 0; j < p->programs[k].after_count; j++)
            if (p->programs[k].after[j] == i && !is_gone[k])
                return false;
    return true;
}

int64_t plan_backoff_ms(unsigned failures)
{
    const int64_t first = 100, longest = 10000;
    if (failures == 0)
        return 0;
    if (failures > 7)
        return longest;
    int64_t ms = first << (failures - 1);
    return ms < longest ? ms : longest;
}
