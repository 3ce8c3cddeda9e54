#include "support/terminal.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/house.h"
#include "support/test.h"

static char home[] = "/tmp/stemma-terminal-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static void remove_home(void)
{
    nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *terminal_home(const char *name)
{
    if (strstr(home, "XXXXXX") != NULL) {
        assert_non_null(mkdtemp(home));
        atexit(remove_home);
    }
    return arena_printf(house_arena(), "%s/%s", home, name);
}

void terminal_prepare(const char *program, const char *terminal, const char *const *words, char *ret_argv[TERMINAL_WORDS_MAX + 2],
                      char *ret_env[3])
{
    size_t n = 1;
    ret_argv[0] = arena_printf(house_arena(), "%s/bin/%s", house_dir(), program);
    for (; words[n - 1] != NULL; n++) {
        assert_true(n <= TERMINAL_WORDS_MAX);
        ret_argv[n] = arena_text(house_arena(), words[n - 1]);
    }
    ret_argv[n] = NULL;
    ret_env[0] = arena_printf(house_arena(), "HOME=%s", terminal_home("."));
    ret_env[1] = arena_printf(house_arena(), "STEMMA_TERMINAL=%s/terminals/%s.ini", house_dir(), terminal);
    ret_env[2] = NULL;
}

pid_t terminal_start(const char *program, const char *terminal, const char *const *words, int *ret_in)
{
    char *argv[TERMINAL_WORDS_MAX + 2], *env[3];
    posix_spawn_file_actions_t files;
    int fds[2];
    pid_t pid;
    terminal_prepare(program, terminal, words, argv, env);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fds[0], 0);
    posix_spawn_file_actions_addopen(&files, 1, terminal_home("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, terminal_home("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawn(&pid, argv[0], &files, NULL, argv, env), 0);
    posix_spawn_file_actions_destroy(&files);
    close(fds[0]);
    *ret_in = fds[1];
    return pid;
}

static const char *text_of(const char *name)
{
    char *text = test_read(terminal_home(name), NULL);
    const char *copy = arena_text(house_arena(), text);
    free(text);
    return copy;
}

const char *terminal_said(void)
{
    return text_of("out");
}

struct said terminal_finish(pid_t pid, int in)
{
    int status;
    close(in);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return (struct said){WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of("out"), text_of("err")};
}

struct said terminal_run(const char *program, const char *terminal, const char *input, const char *const *words)
{
    int in;
    pid_t pid = terminal_start(program, terminal, words, &in);
    assert_int_equal(write(in, input, strlen(input)), (ssize_t)strlen(input));
    return terminal_finish(pid, in);
}

struct said terminal_login(const char *person, const char *terminal)
{
    const char *secret = house_login(person)->secret;
    return terminal_run("stemma", terminal, arena_printf(house_arena(), "%s\n", secret), (const char *const[]){"login", person, "--secret-fd=0", NULL});
}
