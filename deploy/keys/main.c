#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "receipt_key.h"
#include "wire/keys.h"

static const char usage[] =
    "usage: stemma-keys SECRET_FILE PUBLIC_FOLDER NAME service|gateway|terminal\n"
    "       stemma-keys --receipt KEY_FILE ORIGIN SERVICE\n"
    "Makes a CURVE key pair: the secret file (0600) and PUBLIC_FOLDER/NAME.key.\n"
    "--receipt makes the Ed25519 key (0600) with which SERVICE signs receipts of the log ORIGIN, and prints its verifier key, a line\n"
    "of the trust folder's receipts.txt. A key that is there is left alone.\n";

int main(int argc, char **argv)
{
    struct err e = {0};
    if (argc != 5) {
        fputs(usage, stderr);
        return 2;
    }
    struct arena *a = arena_new(0);
    bool receipt = strcmp(argv[1], "--receipt") == 0;
    int code = receipt ? receipt_key_make(a, argv[2], argv[3], argv[4], &e)
               : access(argv[1], F_OK) == 0 ? 0 : wire_key_make(argv[1], argv[2], argv[3], argv[4], &e);
    if (code != 0)
        fprintf(stderr, "stemma-keys: %s\n", e.text);
    arena_free(a);
    return code == 0 ? 0 : 1;
}
