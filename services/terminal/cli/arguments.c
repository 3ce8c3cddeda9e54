#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

const char *argp_program_version = "stemma 0.1.0";

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "the terminal's settings (default: $STEMMA_TERMINAL, else /etc/stemma/terminal.ini)", 0},
    {"json", 'j', NULL, 0, "print JSON", 0},
    {"out", 'o', "FILE", 0, "where a dossier, an export, a label or a receipt is written", 0},
    {"format", 'f', "FORMAT", 0, "of an export: fhir, epcis, b2mml or csv; of a label: pdf or zpl", 0},
    {"redacted", 'r', NULL, 0, "a dossier without free text and names, as far as it then still verifies", 0},
    {"yes", 'y', NULL, 0, "do not show the text before signing", 0},
    {"secret-fd", 's', "N", 0, "read the secret as a line from this descriptor, not from the terminal", 0},
    {"all", 'a', NULL, 0, "verify from the start, whatever a broken-off verification has read", 0},
    {"completion", 'C', NULL, 0, "print a completion script for bash", 0},
    {0},
};

struct input {
    struct cli cli;
    char **words;
    int count;
    bool completion;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct input *in = state->input;
    switch (key) {
    case 'c': in->cli.config = arg; return 0;
    case 'j': in->cli.json = true; return 0;
    case 'o': in->cli.out = arg; return 0;
    case 'f': in->cli.format = arg; return 0;
    case 'r': in->cli.redacted = true; return 0;
    case 'y': in->cli.yes = true; return 0;
    case 's':
        if (arg[0] == '\0' || strlen(arg) > 4 || strspn(arg, "0123456789") != strlen(arg))
            argp_error(state, "--secret-fd takes the number of a descriptor");
        in->cli.secret_fd = (int)strtol(arg, NULL, 10);
        return 0;
    case 'a': in->cli.all = true; return 0;
    case 'C': in->completion = true; return 0;
    case ARGP_KEY_ARGS:
        in->words = state->argv + state->next;
        in->count = state->argc - state->next;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    options, parse, "COMMAND [VALUE | FIELD=VALUE | LIST.NAME=VALUE ...]",
    "The command line of a cell lab's batch and quality record.\v"
    "Commands: login PERSON, logout, whoami, describe [COMMAND], call VERB JSON, and every verb as `SERVICE VERB`, e.g.\n"
    "  stemma batch list state=released\n"
    "  stemma batch show B-20260001\n"
    "  stemma step B-20260001 3 started_at=... ended_at=now values.volume_ml=12.5 materials.M-TRYPSIN=2\n"
    "  stemma step verify B-20260001 3\n"
    "  stemma correct B-20260001 3 n_live old_value=91 new_value=190 reason='digits swapped when typed'\n"
    "  stemma correct B-20260001 3 materials.M-A1.lot_id old_value=M-A1 new_value=M-A2 reason='label misread'\n"
    "  stemma void B-20260001 12 reason='read on another batch'\n"
    "  stemma batch note B-20260001 text='seen, nothing to add'\n"
    "  stemma test import B-20260001 count.csv file=@count.csv\n"
    "  stemma test list B-20260001\n"
    "  stemma release gate B-20260001\n"
    "  stemma dossier B-20260001 -o B-20260001.asice\n"
    "  stemma export B-20260001 --format fhir -o B-20260001.fhir.json\n"
    "  stemma receipt verify\n"
    "  stemma person unlock U-ADA reason='mistyped with gloves on'\n"
    "  stemma audit verify\n"
    "  stemma health\n"
    "`stemma describe` lists all verbs, `stemma describe batch open` the fields of one, `stemma describe exports`\n"
    "where each field goes in an export; man stemma says more.\n"
    "Exit status: 0 done, 1 refused, 2 could not run.", NULL, NULL, NULL};

static int run(struct input *in)
{
    struct err e;
    struct cli *cli = &in->cli;
    if (in->completion)
        return cli_completion(cli);
    if (in->count > 0 && strcmp(in->words[0], "describe") == 0)
        return cli_describe(cli, in->words + 1, in->count - 1);
    if (cli->config == NULL)
        cli->config = getenv("STEMMA_TERMINAL");
    if (cli->config == NULL)
        cli->config = "/etc/stemma/terminal.ini";
    int code = desk_settings_read(cli->arena, cli->config, &cli->settings, &e);
    if (code != 0)
        return cli_unable(cli, e.text, "Give the terminal's settings with --config FILE or STEMMA_TERMINAL.");
    code = desk_new(&cli->settings, &cli->desk, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    cli_session_load(cli);
    cli_receipts_keep(cli);
    return cli_run(cli, in->words, in->count);
}

int cli_main(int argc, char **argv)
{
    struct input in = {.cli = {.secret_fd = -1}};
    argp_err_exit_status = 2;
    argp_parse(&parser, argc, argv, 0, NULL, &in);
    in.cli.arena = arena_new((size_t)256 << 20);
    int status = in.count == 0 && !in.completion ? (argp_help(&parser, stderr, ARGP_HELP_STD_USAGE, argv[0]), 2) : run(&in);
    desk_free(in.cli.desk);
    arena_free(in.cli.arena);
    return status;
}
