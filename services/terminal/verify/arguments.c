#include "arguments.h"

#include <argp.h>
#include <string.h>

#include "base/clock.h"

const char *argp_program_version = "stemma-verify 0.1.0";
error_t argp_err_exit_status = EXIT_CANNOT;

/* A date, of which the last moment is meant, or a time to the millisecond. */
static int64_t take_time(const char *arg, struct argp_state *state)
{
    char text[CLOCK_TEXT] = "0000-00-00T23:59:59.999Z";
    int64_t ms = TIME_ABSENT;
    size_t len = strlen(arg);
    if (len == 10 || len == CLOCK_TEXT - 1)
        memcpy(text, arg, len);
    if ((len != 10 && len != CLOCK_TEXT - 1) || !clock_from_text(text, CLOCK_TEXT - 1, &ms))
        argp_error(state, "--as-of takes a date, as 2056-06-01, or a time, as 2056-06-01T00:00:00.000Z");
    return ms;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *args = state->input;
    switch (key) {
    case 't':
        args->trust = arg;
        return 0;
    case 'a':
        args->as_of_ms = take_time(arg, state);
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
        {"trust", 't', "DIR", 0, "folder with lab-root.pem, tsa-root.pem, log.pub.pem and witnesses.txt; receipts.txt for receipts", 0},
        {"as-of", 'a', "TIME", 0, "demand that the evidence lasts until TIME (2035-06-30), beyond the dossier's own time-stamp", 0},
        {NULL, 0, NULL, 0, NULL, 0},
    };
    static const struct argp argp = {
        options, parse, "FILE...",
        "Check Stemma dossiers, and receipts of single entries, against trust anchors that came by another way.\v"
        "A file of the receipts that a terminal kept (~/.stemma/*.receipts) is checked with the keys of DIR/receipts.txt, and every "
        "dossier beside it must hold the entries that they promise.\n\n"
        "Prints one line for a file that holds. Otherwise one line for each fault: stream, sequence number, rule and "
        "text, `-` standing for what does not apply. The rules are those of docs/FORMAT.md.\n\n"
        "Exit status: 0 every file holds, 1 one does not, 2 it could not be checked.",
        NULL, NULL, NULL,
    };
    *ret = (struct arguments){.as_of_ms = TIME_ABSENT};
    argp_parse(&argp, argc, argv, 0, NULL, ret);
}
