#include <stdio.h>
#include <string.h>

#include "cli.h"

#define HEALTH_TIMEOUT_MS 2000

static const char *up_text(struct cli *cli, int64_t s)
{
    if (s >= 86400)
        return arena_printf(cli->arena, "%lld d %lld h", (long long)s / 86400, (long long)s % 86400 / 3600);
    if (s >= 3600)
        return arena_printf(cli->arena, "%lld h %lld min", (long long)s / 3600, (long long)s % 3600 / 60);
    return s >= 60 ? arena_printf(cli->arena, "%lld min", (long long)s / 60) : arena_printf(cli->arena, "%lld s", (long long)s);
}

/* one that does not answer is not ready, and has no version and no time */
static void health_of(struct cli *cli, const char *service, struct health *ret, const char **ret_why)
{
    struct err e;
    *ret_why = "";
    if (desk_ask(cli->desk, cli->arena, service, "service.health", ret, &e) == 0)
        return;
    record_init(&record_health, ret);
    ret->service = service;
    ret->ready = 0;
    *ret_why = arena_text(cli->arena, e.text);
}

static void show_health(struct cli *cli, const struct health *all, const char *const *why, size_t count)
{
    const char **cells = ARENA_ARRAY(cli->arena, const char *, (count + 1) * 5);
    static const char *const heads[] = {"Service", "State", "Up", "Version", ""};
    memcpy(cells, heads, sizeof heads);
    for (size_t i = 0; i < count; i++) {
        const char **row = &cells[(i + 1) * 5];
        row[0] = all[i].service;
        row[1] = all[i].ready == 1 ? "ready" : "not ready";
        row[2] = all[i].uptime_s == INTEGER_ABSENT ? "" : up_text(cli, all[i].uptime_s);
        row[3] = all[i].version == NULL ? "" : all[i].version;
        row[4] = why[i][0] == '\0' && all[i].attention != NULL ? all[i].attention : why[i];
    }
    cli_table(cells, count + 1, 5);
}

static void show_json(struct cli *cli, const struct health *all, size_t count)
{
    struct buf b = buf_new(cli->arena);
    buf_put(&b, "{\"services\":[");
    for (size_t i = 0; i < count; i++) {
        buf_put(&b, i > 0 ? "," : "");
        record_to_json(&b, &record_health, &all[i], RECORD_REPLY);
    }
    printf("%s]}\n", b.text);
}

static int health(struct cli *cli, char **words, size_t count)
{
    size_t n = count;
    if (n == 0)
        while (desk_service(cli->desk, n) != NULL)
            n++;
    struct health *all = ARENA_ARRAY(cli->arena, struct health, n);
    const char **why = ARENA_ARRAY(cli->arena, const char *, n);
    bool ready = true;
    for (size_t i = 0; i < n; i++) {
        health_of(cli, count > 0 ? words[i] : desk_service(cli->desk, i), &all[i], &why[i]);
        ready = ready && all[i].ready == 1;
    }
    if (cli->json)
        show_json(cli, all, n);
    else
        show_health(cli, all, why, n);
    return ready ? 0 : 1;
}

static int metrics(struct cli *cli, char **words, size_t count)
{
    struct err e;
    struct metrics out;
    if (count != 1)
        return cli_unable(cli, "metrics takes one service", "e.g. `stemma metrics batch`");
    int code = desk_ask(cli->desk, cli->arena, words[0], "service.metrics", &out, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (cli->json)
        cli_show(cli, &record_metrics, &out);
    else
        fputs(out.text, stdout);
    return 0;
}

int cli_service(struct cli *cli, const struct verb_row *row, char **words, int count)
{
    if (count == 1 && strcmp(words[0], "{}") == 0)
        count = 0;
    desk_timeout(cli->desk, HEALTH_TIMEOUT_MS);
    return strcmp(row->verb, "health") == 0 ? health(cli, words, (size_t)count) : metrics(cli, words, (size_t)count);
}
