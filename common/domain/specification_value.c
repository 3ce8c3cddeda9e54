#include "domain/specification_value.h"

#include <string.h>

static bool is_in(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

bool result_is_negative(const char *word)
{
    static const char *const words[] = {"negative", "Negative", "no growth", "No growth", "not detected", "absent",
        "no organisms seen", NULL};
    return is_in(word, words);
}

bool result_is_positive(const char *word)
{
    static const char *const words[] = {"positive", "Positive", "growth", "Growth", "detected", "present",
        "organisms seen", NULL};
    return is_in(word, words);
}

static bool text_is_clean(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > RESULT_CHARS_MAX || text[0] == ' ' || text[len - 1] == ' ')
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    return true;
}

struct result_value result_read(const char *text)
{
    static const struct {
        const char *word;
        enum result_kind kind;
    } absences[] = {{"n/a", RESULT_NOT_APPLICABLE}, {"not done", RESULT_NOT_DONE}, {"pending", RESULT_PENDING}, {"error", RESULT_ERROR}};
    if (text == NULL || !text_is_clean(text))
        return (struct result_value){RESULT_MALFORMED, ""};
    for (size_t i = 0; i < sizeof absences / sizeof absences[0]; i++)
        if (strcmp(text, absences[i].word) == 0)
            return (struct result_value){absences[i].kind, text};
    if (decimal_is_valid(text))
        return (struct result_value){RESULT_DECIMAL, text};
    if (text[0] == '<' || text[0] == '>')
        return decimal_is_valid(text + 1) ? (struct result_value){text[0] == '<' ? RESULT_BELOW : RESULT_ABOVE, text + 1}
                                          : (struct result_value){RESULT_MALFORMED, ""};
    return (struct result_value){RESULT_WORD, text};
}

const char *const *result_values(struct arena *a, const char *result, size_t *ret_count)
{
    const char **values = ARENA_ARRAY(a, const char *, RESULT_VALUES_MAX);
    size_t n = 0;
    for (char *next = arena_text(a, result); next != NULL; n++) {
        char *end = n + 1 < RESULT_VALUES_MAX ? strstr(next, "; ") : NULL;
        values[n] = next;
        next = end == NULL ? NULL : end + 2;
        if (end != NULL)
            *end = '\0';
    }
    *ret_count = n;
    return values;
}
