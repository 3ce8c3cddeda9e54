#include <stdio.h>
#include <unistd.h>

#include "wire/keys.h"

/* A CURVE key pair for a service, gateway or terminal; an existing one is left alone. */
int main(int argc, char **argv)
{
    struct err e = {0};
    if (argc != 5) {
        fputs("usage: stemma-keys SECRET_FILE PUBLIC_FOLDER NAME service|gateway|terminal\n"
              "Makes a CURVE key pair: the secret file (0600) and PUBLIC_FOLDER/NAME.key.\n", stderr);
        return 2;
    }
    if (access(argv[1], F_OK) == 0)
        return 0;
    if (wire_key_make(argv[1], argv[2], argv[3], argv[4], &e) == 0)
        return 0;
    fprintf(stderr, "stemma-keys: %s\n", e.text);
    return 1;
}
