#include "arguments.h"

#include <argp.h>

const char *argp_program_version = "stemma-verify 0.1.0";
error_t argp_err_exit_status = EXIT_CANNOT;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *args = state->input;
    switch (key) {
    case 't':
        args->trust = arg;
        return 0;
    case ARGP_KEY_ARGS:
        args->files = state->argv + state->next;
        args->count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        return 0;
    case ARGP_KEY_END:
        if (args->trust == NULL)
            argp_error(state, "--trust is needed: what a dossier is checked against never comes from the dossier");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void arguments_parse(int argc, char **argv, struct arguments *ret)
{
    static const struct argp_option options[] = {
        {"trust", 't', "DIR", 0, "folder with lab-root.pem, tsa-root.pem, log.pub.pem and witnesses.txt", 0},
        {NULL, 0, NULL, 0, NULL, 0},
    };
    static const struct argp argp = {
        options, parse, "FILE...",
        "Check Stemma dossiers against trust anchors that came by another way.\v"
        "Prints one line for a dossier that holds. Otherwise one line for each fault: stream, sequence number, rule and "
        "text, `-` standing for what does not apply. The rules are those of docs/FORMAT.md.\n\n"
        "Exit status: 0 every dossier holds, 1 one does not, 2 it could not be checked.",
        NULL, NULL, NULL,
    };
    *ret = (struct arguments){.trust = NULL};
    argp_parse(&argp, argc, argv, 0, NULL, ret);
}
