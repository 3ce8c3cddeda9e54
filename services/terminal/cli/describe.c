#include <stdio.h>
#include <string.h>

#include "cli.h"

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

int cli_describe(struct cli *cli, char **words, int count)
{
    int used;
    const struct verb_row *row = cli_verb(words, count, &used);
    if (row != NULL) {
        describe_verb(cli, row);
        return 0;
    }
    for (size_t i = 0; i < verb_count(); i++)
        printf("%-32s %-8s %s\n", verb_at(i)->name, verb_kind_name(verb_at(i)->kind), verb_at(i)->doc);
    return count == 0 ? 0 : 2;
}

int cli_completion(void)
{
    puts("_stemma() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} verbs fields\n"
         "  if [ \"$COMP_CWORD\" -le 1 ]; then\n"
         "    verbs=\"login logout whoami call describe step test release dossier history status $(stemma describe | cut -d. -f1 | sort -u)\"\n"
         "    COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\"))\n"
         "  elif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
         "    verbs=$(stemma describe | cut -d' ' -f1 | grep \"^${COMP_WORDS[1]}\\.\" | cut -d. -f2)\n"
         "    COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\"))\n"
         "  else\n"
         "    fields=$(stemma describe \"${COMP_WORDS[1]}\" \"${COMP_WORDS[2]}\" 2>/dev/null | sed -n '/^Fields/,/^Answer/s/^  \\([a-z_]*\\) .*/\\1=/p')\n"
         "    COMPREPLY=($(compgen -W \"$fields\" -- \"$cur\"))\n"
         "    compopt -o nospace\n"
         "  fi\n"
         "}\n"
         "complete -o default -F _stemma stemma");
    return 0;
}
