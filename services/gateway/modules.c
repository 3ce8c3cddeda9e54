#include "gateway/modules.h"

#include <stdio.h>
#include <string.h>

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '.';
}

/* Behind the word `from` or `import` and an optional blank: the text between the quotes, without "./"; 0 if that is not what is there. */
static size_t address_at(const char *text, size_t len, size_t at, const char **ret)
{
    at += at < len && text[at] == ' ';
    if (len - at < 4 || memcmp(text + at, "\"./", 3) != 0)
        return 0;
    *ret = text + at + 3;
    const char *end = memchr(*ret, '"', len - at - 3);
    return end ? (size_t)(end - *ret) : 0;
}

bool modules_next(const char *text, size_t len, const char *path, size_t *at, char ret[MODULE_PATH_MAX])
{
    static const char *const words[] = {"from", "import"};
    const int folder = (int)(strrchr(path, '/') - path) + 1;
    for (; *at < len; ++*at) {
        if (*at > 0 && is_name(text[*at - 1]))
            continue;
        for (size_t i = 0; i < 2; i++) {
            size_t word = strlen(words[i]);
            const char *name = NULL;
            if (len - *at <= word || memcmp(text + *at, words[i], word) != 0)
                continue;
            size_t n = address_at(text, len, *at + word, &name);
            if (n == 0 || (size_t)folder + n >= MODULE_PATH_MAX)
                continue;
            snprintf(ret, MODULE_PATH_MAX, "%.*s%.*s", folder, path, (int)n, name);
            *at = (size_t)(name - text) + n;
            return true;
        }
    }
    return false;
}
