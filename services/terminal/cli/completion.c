#include <stdio.h>

#include "cli.h"

/* The script asks the program itself, so that it knows every verb and field of the version that is installed. */
static const char script[] =
    "_stemma() {\n"
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} program=${COMP_WORDS[0]}\n"
    "  local i word name='' skip='' words=()\n"
    "  COMPREPLY=()\n"
    "  case $prev in -c|--config|-o|--out) return ;;\n"
    "    -f|--format) COMPREPLY=($(compgen -W 'fhir epcis b2mml csv pdf zpl' -- \"$cur\")); return ;; esac\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    word=${COMP_WORDS[i]}\n"
    "    if [[ -n $skip ]]; then skip=''; continue; fi\n"
    "    case $word in -c|--config|-o|--out|-f|--format|-s|--secret-fd) skip=1 ;; -*) ;; *) words+=(\"$word\") ;; esac\n"
    "  done\n"
    "  if [[ $cur == -* ]]; then\n"
    "    COMPREPLY=($(compgen -W '--config= --json --out= --format= --redacted --yes --secret-fd= --all --completion --help --version' -- \"$cur\"))\n"
    "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
    "    return\n"
    "  fi\n"
    "  if [[ $cur == '=' ]]; then name=$prev cur=''; elif [[ $prev == '=' ]]; then name=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "  if [[ -n $name ]]; then\n"
    "    COMPREPLY=($(compgen -W \"$(\"$program\" describe \"${words[@]:0:2}\" 2>/dev/null | awk -v name=\"$name\" "
    "'/^  [a-z]/ && $1 == name { getline; if (/one of: /) { sub(/^ *one of: /, \"\"); gsub(/ \\| /, \" \"); print }; exit }')\" -- \"$cur\"))\n"
    "    return\n"
    "  fi\n"
    "  if ((${#words[@]} == 0)); then\n"
    "    COMPREPLY=($(compgen -W \"login logout whoami call describe person step test release reject dossier export label history receipt plan status health metrics "
    "$(\"$program\" describe 2>/dev/null | cut -d. -f1 | sort -u)\" -- \"$cur\"))\n"
    "    return\n"
    "  fi\n"
    "  if ((${#words[@]} == 1)); then\n"
    "    case ${words[0]} in\n"
    "      test) name='report review list' ;;\n"
    "      step) name='verify' ;;\n"
    "      person) name='enrol rotate revoke unlock leave keys list work secret totp journal' ;;\n"
    "      health|metrics) COMPREPLY=($(compgen -W \"$(\"$program\" describe 2>/dev/null | cut -d. -f1 | sort -u | grep -vx service)\" "
    "-- \"$cur\")); return ;;\n"
    "      call) name=$(\"$program\" describe 2>/dev/null | cut -d' ' -f1) ;;\n"
    "    esac\n"
    "    name+=\" $(\"$program\" describe \"${words[0]}\" 2>/dev/null | grep \"^${words[0]}\\\\.\" | cut -d' ' -f1 | cut -d. -f2)\"\n"
    "    COMPREPLY=($(compgen -W \"$name\" -- \"$cur\"))\n"
    "    ((${#COMPREPLY[@]} == 0)) || return\n"
    "  fi\n"
    "  COMPREPLY=($(compgen -W \"$(\"$program\" describe \"${words[@]:0:2}\" 2>/dev/null | "
    "sed -n '/^Fields/,/^Answer/s/^  \\([a-z][a-z0-9_]*\\) .*/\\1=/p')\" -- \"$cur\"))\n"
    "  compopt -o nospace 2>/dev/null\n"
    "}\n"
    "complete -o default -F _stemma stemma";

int cli_completion(void)
{
    puts(script);
    return 0;
}
