#include <stdio.h>
#include <string.h>

#include "cli.h"

/* The script asks the program itself, so that it knows every verb and field of the version that is installed; the short names
 * stand in it, from their own table. */
static const char opening[] =
    "_stemma() {\n"
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} program=${COMP_WORDS[0]}\n"
    "  local i word name='' skip='' words=()\n"
    "  COMPREPLY=()\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    word=${COMP_WORDS[i]}\n"
    "    if [[ -n $skip ]]; then [[ $word == '=' ]] || skip=''; continue; fi\n"
    "    case $word in -c|--config|-o|--out|-f|--format|-s|--secret-fd) skip=1 ;; -*) ;; *) words+=(\"$word\") ;; esac\n"
    "  done\n"
    "  if [[ $cur == '=' ]]; then name=$prev cur=''; elif [[ $prev == '=' ]]; then name=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "  case ${name:-$prev} in -c|--config|-o|--out|-s|--secret-fd) return ;; -f|--format) name=format ;; esac\n"
    "  if [[ $cur == -* ]]; then\n"
    "    COMPREPLY=($(compgen -W '--config= --json --out= --format= --redacted --yes --secret-fd= --all --completion --help --version' -- \"$cur\"))\n"
    "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
    "    return\n"
    "  fi\n"
    "  if [[ -n $name ]]; then\n"
    "    COMPREPLY=($(compgen -W \"$(\"$program\" describe \"${words[@]:0:2}\" 2>/dev/null | awk -v name=\"$name\" "
    "'/^  [a-z]/ && $1 == name { getline; if (/one of: /) { sub(/^ *one of: /, \"\"); gsub(/ \\| /, \" \"); print }; exit }')\" -- \"$cur\"))\n"
    "    return\n"
    "  fi\n"
    "  if ((${#words[@]} == 0)); then\n"
    "    COMPREPLY=($(compgen -W \"login logout call describe",
    middle[] =
    " $(\"$program\" describe 2>/dev/null | cut -d. -f1)\" -- \"$cur\" | sort -u))\n"
    "    return\n"
    "  fi\n"
    "  if ((${#words[@]} == 1)); then\n"
    "    case ${words[0]} in\n",
    ending[] =
    "      health|metrics) COMPREPLY=($(compgen -W \"$(\"$program\" describe 2>/dev/null | cut -d. -f1 | sort -u | grep -vx service)\" "
    "-- \"$cur\")); return ;;\n"
    "      call) name=$(\"$program\" describe 2>/dev/null | cut -d' ' -f1) ;;\n"
    "    esac\n"
    "    name+=\" $(\"$program\" describe \"${words[0]}\" 2>/dev/null | grep \"^${words[0]}\\\\.\" | cut -d' ' -f1 | cut -d. -f2)\"\n"
    "    COMPREPLY=($(compgen -W \"$name\" -- \"$cur\" | sort -u))\n"
    "    ((${#COMPREPLY[@]} == 0)) || return\n"
    "  fi\n"
    "  COMPREPLY=($(compgen -W \"$(\"$program\" describe \"${words[@]:0:2}\" 2>/dev/null | "
    "sed -n '/^  [a-z_0-9]*  *[a-z]*  *computed /d;/^Fields/,/^Answer/s/^  \\([a-z][a-z0-9_]*\\) .*/\\1=/p')\" -- \"$cur\"))\n"
    "  compopt -o nospace 2>/dev/null\n"
    "}\n"
    "complete -o default -F _stemma stemma";

static bool is_first(size_t i)
{
    const char *word, *other, *none;
    cli_shortcut(i, &word, &none);
    for (size_t k = 0; k < i; k++)
        if (cli_shortcut(k, &other, &none) && strcmp(other, word) == 0)
            return false;
    return true;
}

/* the words behind ${word} */
static void put_seconds(struct buf *b, const char *word)
{
    const char *other, *second;
    buf_printf(b, "      %s) name='", word);
    for (size_t i = 0; cli_shortcut(i, &other, &second); i++)
        if (second != NULL && strcmp(other, word) == 0)
            buf_printf(b, "%s ", second);
    if (strcmp(word, "receipt") == 0)
        buf_put(b, "verify ");
    for (size_t i = 0; strcmp(word, "person") == 0 && cli_person_word(i) != NULL; i++)
        buf_printf(b, "%s ", cli_person_word(i));
    buf_put(b, "' ;;\n");
}

int cli_completion(struct cli *cli)
{
    struct buf b = buf_new(cli->arena), cases = buf_new(cli->arena);
    const char *word, *behind;
    buf_put(&b, opening);
    for (size_t i = 0; cli_shortcut(i, &word, &behind); i++)
        if (is_first(i)) {
            buf_printf(&b, " %s", word);
            if (strcmp(word, "health") != 0 && strcmp(word, "metrics") != 0)
                put_seconds(&cases, word);
        }
    buf_printf(&b, "%s%s%s", middle, cases.text, ending);
    puts(b.text);
    return 0;
}
