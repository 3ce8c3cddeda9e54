/* The command line of stemma-verify. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { EXIT_HOLDS = 0, EXIT_REFUSED = 1, EXIT_CANNOT = 2 };

struct arguments {
    const char *trust;           /* folder with the trust anchors */
    int64_t as_of_ms;            /* until when the evidence must last; TIME_ABSENT: until the dossier was made */
    char **files;                /* dossiers */
    size_t count;
};

/** arguments_parse(argc, argv, ret): read the command line; prints usage and exits with EXIT_CANNOT where it is wrong. */
void arguments_parse(int argc, char **argv, struct arguments *ret);
