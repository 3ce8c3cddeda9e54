#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

bool cli_is_strong(int fd)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && (none == NULL || none[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
}

void cli_put_json(struct buf *b, const char *text)
{
    buf_char(b, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            buf_printf(b, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f)
            buf_printf(b, "\\u%04x", *p);
        else
            buf_char(b, (char)*p);
    }
    buf_char(b, '"');
}

static void put_pair(struct buf *b, const char *name, const char *text)
{
    buf_printf(b, "%s\"%s\":", b->len > 1 ? "," : "", name);
    cli_put_json(b, text_is_utf8(text, strlen(text)) ? text : "not readable");
}

static void print_json(struct cli *cli, const char *code, const struct err *e, const char *sentence, const char *hint)
{
    struct buf b = buf_new(cli->arena);
    buf_char(&b, '{');
    put_pair(&b, "code", code);
    put_pair(&b, "field", e->field);
    put_pair(&b, "rule", e->rule);
    put_pair(&b, "text", e->text);
    put_pair(&b, "sentence", sentence);
    put_pair(&b, "hint", hint);
    fprintf(stderr, "%s}\n", b.text);
}

/* the catalogue says VERB; here it is known which */
static const char *hint_here(struct cli *cli, const char *hint)
{
    const char *at = strstr(hint, "describe VERB");
    if (at == NULL || cli->verb == NULL)
        return hint;
    const char *dot = strchr(cli->verb->name, '.');
    return arena_printf(cli->arena, "%.*sdescribe %.*s %s%s", (int)(at - hint), hint, (int)(dot - cli->verb->name),
                        cli->verb->name, dot + 1, at + strlen("describe VERB"));
}

int cli_refused(struct cli *cli, int code, const struct err *e)
{
    const struct err_row *row = err_row(code);
    bool is_refusal = code > 0, strong = cli_is_strong(STDERR_FILENO);
    const char *hint = is_refusal ? hint_here(cli, row->hint) : "";
    if (cli->json) {
        print_json(cli, row->code, e, is_refusal ? row->sentence : "", hint);
        return is_refusal ? 1 : 2;
    }
    fprintf(stderr, "%s%s:%s", strong ? "\033[1m" : "", is_refusal ? "refused" : "failed", strong ? "\033[0m" : "");
    if (is_refusal)
        fprintf(stderr, " %s", row->sentence);
    if (e->text[0] != '\0')
        fprintf(stderr, " %s", e->text);
    if (e->field[0] != '\0' && strcmp(e->field, "token") != 0)
        fprintf(stderr, " [field %s]", e->field);
    if (e->rule[0] != '\0')
        fprintf(stderr, " [rule %s]", e->rule);
    fprintf(stderr, "\n");
    if (hint[0] != '\0')
        fprintf(stderr, "         %s\n", hint);
    return is_refusal ? 1 : 2;
}

int cli_unable(struct cli *cli, const char *text, const char *hint)
{
    struct err e;
    err_fault(&e, "%s", text);
    if (cli->json)
        print_json(cli, "usage", &e, "", hint);
    else
        fprintf(stderr, "stemma: %s\n%s%s%s", text, hint[0] != '\0' ? "         " : "", hint, hint[0] != '\0' ? "\n" : "");
    return 2;
}
