#include "support/pdf_text.h"

#include "support/test.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char *test_pdf_text(struct arena *a, struct bytes pdf)
{
    char path[] = "/tmp/stemma-paper-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, pdf.data, pdf.len) == (ssize_t)pdf.len);
    close(fd);
    const char *out = arena_printf(a, "%s.txt", path);
    pid_t child = fork();
    if (child == 0) {
        execlp("pdftotext", "pdftotext", "-layout", path, out, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    char *text = test_read(out, NULL);
    const char *kept = text == NULL ? NULL : arena_text(a, text);
    free(text);
    unlink(path);
    unlink(out);
    if (WEXITSTATUS(status) == 127)
        test_skip_without("pdftotext");
    assert_int_equal(WEXITSTATUS(status), 0);
    return kept;
}
