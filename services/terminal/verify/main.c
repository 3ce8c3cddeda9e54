/* stemma-verify: does a dossier hold? Static, no network, no clock, no state. */
#include "arguments.h"
#include "check.h"

int main(int argc, char **argv)
{
    struct arguments args;
    arguments_parse(argc, argv, &args);
    return check_all(&args);
}
