#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "exports/map.h"

static void describe_fields(const struct record_type *type, int indent)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        const char *need = (f->flags & FLAG_COMPUTED) != 0 ? "computed" : (f->flags & FLAG_ASSIGNED) != 0 ? "assigned if absent"
                           : (f->flags & FLAG_REQUIRED) != 0 ? "required" : "optional";
        printf("%*s%-24s %-9s %-19s %s%s%s\n", indent, "", f->name, field_kind_name(f->kind), need, f->label,
               f->unit[0] != '\0' ? ", " : "", f->unit);
        if (f->words != NULL) {
            printf("%*s", indent + 26, "");
            for (size_t k = 0; k < f->words->count; k++)
                printf("%s%s", k > 0 ? " | " : "one of: ", f->words->words[k]);
            puts("");
        }
        if (f->rows != NULL)
            describe_fields(f->rows, indent + 4);
    }
}

static void describe_verb(struct cli *cli, const struct verb_row *row)
{
    printf("%s (%s)\n%s\nRoles: %s\n", row->name, verb_kind_name(row->kind), row->doc, roles_text(cli->arena, row->roles));
    puts("Fields:");
    describe_fields(row->in, 2);
    puts("Answer:");
    describe_fields(row->out, 2);
}

static int describe_exports(struct cli *cli)
{
    struct buf b = buf_new(cli->arena);
    map_document(&b);
    fputs(b.text, stdout);
    return 0;
}

int cli_describe(struct cli *cli, char **words, int count)
{
    int used;
    size_t n = 0;
    if (count == 1 && strcmp(words[0], "exports") == 0)
        return describe_exports(cli);
    const struct verb_row *row = cli_verb(words, count, &used);
    if (row != NULL) {
        describe_verb(cli, row);
        return 0;
    }
    for (size_t i = 0; i < verb_count(); i++)
        if (count == 0 || (count == 1 && strcmp(words[0], verb_at(i)->service) == 0)) {
            printf("%-32s %-8s %s\n", verb_at(i)->name, verb_kind_name(verb_at(i)->kind), verb_at(i)->doc);
            n++;
        }
    return n > 0 ? 0 : cli_unknown(cli, words, count);
}

/* how many letters must be typed, dropped or changed to make ${a} of ${b} */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);
    if (n >= 63 || strlen(a) >= 63)
        return 64;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < n; k++) {
            size_t changed = corner + (a[i] != b[k]), more = (row[k] < row[k + 1] ? row[k] : row[k + 1]) + 1;
            corner = row[k + 1];
            row[k + 1] = changed < more ? changed : more;
        }
    }
    return row[n];
}

int cli_unknown(struct cli *cli, char **words, int count)
{
    struct buf verbs = buf_new(cli->arena);
    const char *first = count > 0 ? words[0] : "", *second = count > 1 ? words[1] : "", *meant = NULL;
    const char *name = strchr(first, '.') != NULL ? first : arena_printf(cli->arena, "%.30s.%.30s", first, second);
    size_t least = 4;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        size_t far = distance(name, row->name);
        if (strcmp(row->service, first) == 0)
            buf_printf(&verbs, "%s%s", verbs.len > 0 ? ", " : "", row->verb);
        if (far < least) {
            least = far;
            meant = row->name;
        }
    }
    const char *text = arena_printf(cli->arena, "there is no command %.40s%s%.40s", count > 0 ? first : "behind `call`",
                                    second[0] != '\0' ? " " : "", second);
    if (meant != NULL) {
        size_t n = strcspn(meant, ".");
        return cli_unable(cli, text, arena_printf(cli->arena, "Did you mean `stemma %.*s %s`?", (int)n, meant, meant + n + 1));
    }
    return cli_unable(cli, text, verbs.len > 0 ? arena_printf(cli->arena, "%s takes: %s", first, verbs.text)
                                               : "`stemma describe` lists them.");
}
