#include "support/test.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CASES_MAX 400

static struct CMUnitTest cases[CASES_MAX];
static size_t count;

void test_add(const char *name, void (*run)(void **state))
{
    if (count == CASES_MAX)
        abort();
    cases[count++] = (struct CMUnitTest){name, run, NULL, NULL, NULL};
}

const char *test_data(const char *name)
{
    static char path[4096];
    const char *root = getenv("STEMMA_DATA");
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : STEMMA_SOURCE "/../shared/data", name);
    bool is_here = access(path, R_OK) == 0;
    if (root != NULL && !is_here)
        fail_msg("STEMMA_DATA is %s, and has no %s", root, name);
    return is_here ? path : NULL;
}

void test_skip_without(const char *what)
{
    printf("skipped: %s is not here\n", what);
    skip();
}

pid_t test_fork(void)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent))
        _exit(1);
    return pid;
}

char *test_read(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, f) != (size_t)size) {
        fclose(f);
        free(text);
        return NULL;
    }
    fclose(f);
    text[size] = '\0';
    if (ret_len != NULL)
        *ret_len = (size_t)size;
    return text;
}

int main(int argc, char **argv)
{
    struct CMUnitTest chosen[CASES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (argc < 2 || strcmp(argv[1], cases[i].name) == 0)
            chosen[n++] = cases[i];
    if (n == 0) {
        fprintf(stderr, "no case %s\n", argc > 1 ? argv[1] : "");
        return 2;
    }
    return _cmocka_run_group_tests(argv[0], chosen, n, NULL, NULL);
}
