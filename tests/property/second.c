#include "second.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "support/test.h"

#define QUESTIONS_MAX 60000

struct second {
    struct arena *arena;
    FILE *questions;
    const char **asked, **ours;
    size_t count;
};

static uint64_t random_state;

void dice_start(void)
{
    const char *text = getenv("STEMMA_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 88172645463325252ULL;
    random_state = (seed * 2) | 1;
    printf("seed %" PRIu64 "\n", seed);
    for (int i = 0; i < 8; i++)
        dice(2);
}

unsigned dice(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 11) % n);
}

const char *dice_decimal(struct arena *a, int digits, int decimals)
{
    char whole[24] = "0", behind[24] = "";
    int n = (int)dice((unsigned)digits + 1), k = (int)dice((unsigned)decimals + 1);
    bool is_zero = dice(25) == 0;
    for (int i = 0; i < n && !is_zero; i++)
        whole[i] = (char)('0' + (i == 0 ? 1 + dice(9) : dice(10)));
    for (int i = 0; i < k; i++)
        behind[i] = (char)('0' + (is_zero ? 0 : dice(10)));
    const char *text = arena_printf(a, "%s%s%s", whole, k > 0 ? "." : "", behind);
    bool is_nothing = strspn(text, "0.") == strlen(text);
    return dice(40) == 0 && !is_nothing ? arena_printf(a, "-%s", text) : text;
}

const char *dice_volume(struct arena *a, unsigned most)
{
    unsigned n = dice(most + 1);
    return arena_printf(a, "%u.%03u", n / 1000, n % 1000);
}

struct second *second_new(struct arena *a)
{
    struct second *s = ARENA_NEW(a, struct second);
    *s = (struct second){a, tmpfile(), ARENA_ARRAY(a, const char *, QUESTIONS_MAX), ARENA_ARRAY(a, const char *, QUESTIONS_MAX), 0};
    assert_non_null(s->questions);
    return s;
}

void second_ask(struct second *s, const char *ours, const char *fmt, ...)
{
    char question[4000];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(question, sizeof question, fmt, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof question && s->count < QUESTIONS_MAX);
    fprintf(s->questions, "%s\n", question);
    s->asked[s->count] = arena_text(s->arena, question);
    s->ours[s->count++] = arena_text(s->arena, ours);
}

/* the other evaluator, from the questions on; its answers are read from ${ret} */
static pid_t begin(struct second *s, FILE **ret)
{
    int fd[2];
    fflush(s->questions);
    assert_int_equal(lseek(fileno(s->questions), 0, SEEK_SET), 0);
    assert_int_equal(pipe(fd), 0);
    fflush(stdout);
    pid_t pid = test_fork();
    if (pid == 0) {
        dup2(fileno(s->questions), STDIN_FILENO);
        dup2(fd[1], STDOUT_FILENO);
        close(fd[0]);
        execlp("python3", "python3", SECOND_PY, (char *)NULL);
        _exit(127);
    }
    close(fd[1]);
    *ret = fdopen(fd[0], "r");
    return pid;
}

void second_agree(struct second *s, size_t least)
{
    FILE *answers;
    char *line = NULL;
    size_t size = 0, n = 0;
    int status;
    pid_t pid = begin(s, &answers);
    while (n < s->count && getline(&line, &size, answers) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, s->ours[n]) != 0)
            fail_msg("%s\nours:   %s\nsecond: %s", s->asked[n], s->ours[n], line);
        n++;
    }
    free(line);
    fclose(answers);
    fclose(s->questions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    size_t count = s->count;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        arena_free(s->arena);
        test_skip_without("python3");
    }
    if (n < count || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the second evaluator ended after %zu of %zu answers", n, count);
    printf("%zu questions, one answer each\n", count);
    assert_true(count >= least);
}
