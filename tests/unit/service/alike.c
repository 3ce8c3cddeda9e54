/* Several who ask the same at once are told the same; nobody is told what was asked otherwise, or refused. */
#include <string.h>

#include "service/work.h"
#include "support/test.h"

static const struct verb_row anybodys = {.flags = VERB_ALIKE}, others = {.flags = VERB_ALIKE}, ones_own = {.flags = 0};

static struct work asked(const struct verb_row *verb, const char *body)
{
    return (struct work){.call.verb = verb, .request = {.body = body, .body_len = strlen(body)}};
}

CASE(alike_the_same_question_has_one_answer)
{
    struct work first = asked(&anybodys, "{}"), between = asked(&others, "{}"), second = asked(&anybodys, "{}");
    struct work *group[] = {&first, &between, &second};
    assert_null(work_alike(group, 0));
    assert_null(work_alike(group, 1));
    assert_ptr_equal(work_alike(group, 2), &first);
}

CASE(alike_another_question_has_its_own_answer)
{
    struct work first = asked(&anybodys, "{\"limit\":50}"), second = asked(&anybodys, "{\"limit\":51}"), third = asked(&anybodys, "{}");
    struct work *group[] = {&first, &second, &third};
    assert_null(work_alike(group, 1));
    assert_null(work_alike(group, 2));
}

CASE(alike_what_depends_on_who_asks_is_decided_for_each)
{
    struct work first = asked(&ones_own, "{}"), second = asked(&ones_own, "{}");
    struct work *group[] = {&first, &second};
    assert_null(work_alike(group, 1));
}

CASE(alike_a_refusal_is_nobody_elses)
{
    struct work first = asked(&anybodys, "{}"), second = asked(&anybodys, "{}");
    struct work *group[] = {&first, &second};
    work_refuse(&first, ERR_SESSION_ENDED);
    assert_null(work_alike(group, 1));
}

CASE(alike_is_only_what_reads)
{
    for (size_t i = 0; i < verb_count(); i++)
        if ((verb_at(i)->flags & VERB_ALIKE) != 0)
            assert_int_equal(verb_at(i)->kind, VERB_READ);
}
