#include "lab_doing.h"

#include <stdlib.h>
#include <string.h>

#include "contract/contract.h"
#include "fsm/machines.h"
#include "support/test.h"

const char *const lab_verbs[LAB_VERBS] = {
    "batch.step", "batch.step_verify", "batch.fill", "batch.complete", "custody.label_print", "custody.container_store", "quality.test_report",
    "quality.test_review", "quality.oos_investigate", "quality.oos_close", "quality.deviation_open", "quality.deviation_close",
    "release.review", "release.release", "release.reject", "custody.hand_over", "custody.receive", "custody.container_destroy",
    "custody.destroy_witness", "custody.container_loss", "batch.note"};
const char *const lab_people[LAB_PEOPLE] = {"U-MARA", "U-JON", "U-CLARA", "U-YUKI", "U-OMAR", "U-ELENA", "U-PETER", "U-TOM"};
const unsigned lab_roles[LAB_PEOPLE] = {ROLE_TECHNICIAN, ROLE_TECHNICIAN, ROLE_SUPERVISOR, ROLE_QC, ROLE_QC, ROLE_QA, ROLE_QA, ROLE_COURIER};

/* of the documents; as long as the process */
static struct arena *lab_arena(void)
{
    static struct arena *a;
    if (a == NULL)
        a = arena_new(0);
    return a;
}

static const char PROCEDURE[] =
    "{\"id\":\"P-1\",\"product\":\"Short\",\"product_code\":\"D0001V00\",\"shelf_life_h\":\"24\",\"sources\":[\"umbilical_cord\"],"
    "\"specification\":\"Q-1\",\"steps\":["
    "{\"fields\":[],\"instruction\":\"Look.\",\"name\":\"Receive\",\"no\":1,\"stage\":\"receipt\",\"verify\":true},"
    "{\"fields\":[],\"instruction\":\"Spin.\",\"name\":\"Spin\",\"no\":2,\"stage\":\"concentration\",\"verify\":true},"
    "{\"fields\":[],\"instruction\":\"Fill.\",\"name\":\"Fill\",\"no\":3,\"stage\":\"fill\",\"verify\":false}],\"storage\":\"cold\","
    "\"title\":\"For walks\",\"use\":\"allogeneic\",\"version\":1}";
static const char SPECIFICATION[] =
    "{\"id\":\"Q-1\",\"product\":\"Short\",\"tests\":[{\"code\":\"gram\",\"gating\":\"release\",\"method\":\"stain\",\"op\":\"negative\","
    "\"pending_allowed\":false,\"replicates\":1,\"sample_point\":\"final product\",\"title\":\"Gram stain\"}],"
    "\"title\":\"For walks\",\"version\":1}";

const struct procedure *lab_procedure(void)
{
    static struct procedure *doc;
    struct err e = {0};
    if (doc == NULL && procedure_parse(lab_arena(), PROCEDURE, sizeof PROCEDURE - 1, &doc, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    return doc;
}

const struct specification *lab_specification(void)
{
    static struct specification *doc;
    struct err e = {0};
    if (doc == NULL && specification_parse(lab_arena(), SPECIFICATION, sizeof SPECIFICATION - 1, &doc, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    return doc;
}

const char *lab_donation(int batch)
{
    static const char *const donations[LAB_BATCHES] = {"A999926000001", "A999926000002"};
    return donations[batch];
}

const char *lab_container(int batch, int i)
{
    static const char *const containers[LAB_BATCHES][LAB_CONTAINERS] = {
        {"A999926000001-D0001VAa", "A999926000001-D0001VAb", "A999926000001-D0001VAc"},
        {"A999926000002-D0001VAa", "A999926000002-D0001VAb", "A999926000002-D0001VAc"}};
    return containers[batch][i];
}

void lab_new(struct lab *lab)
{
    static const char *const ids[LAB_BATCHES] = {"B-1", "B-2"};
    memset(lab, 0, sizeof *lab);
    lab->now_ms = LAB_START;
    for (int i = 0; i < LAB_BATCHES; i++) {
        struct lab_batch *b = &lab->batch[i];
        *b = (struct lab_batch){.id = ids[i], .state = fsm_start(&fsm_batch), .acts_count = 1, .reviewer = -1, .reviewed_seq = -1};
        b->acts[0] = (struct lab_act){{.verb = LAB_VERBS, .who = 2}, b->state};        /* opened, by the supervisor */
        for (int k = 0; k < LAB_STEPS; k++)
            b->steps[k].performer = b->steps[k].verifier = b->steps[k].seq = -1;
        for (int k = 0; k < LAB_CONTAINERS; k++) {
            b->container[k].state = fsm_start(&fsm_container);
            b->container[k].position = -1;
        }
    }
}

void lab_look(struct lab *lab, int who, int batch)
{
    lab->batch[batch].seen[who] = lab->batch[batch].acts_count - 1;
}

/* The machine's row as sql/'s move functions go by it: facts were judged before. */
void lab_move(struct lab_batch *b, const char *event)
{
    const struct fsm_rule *rule = fsm_find(&fsm_batch, fsm_state(&fsm_batch, b->state), event);
    if (rule == NULL)
        fail_msg("what the rules let pass the machine has not: %s in %s", event, b->state);
    b->state = fsm_target(&fsm_batch, rule);
}

void lab_move_containers(struct lab_batch *b, unsigned mask, const char *event)
{
    for (int i = 0; i < LAB_CONTAINERS; i++) {
        if ((mask & 1u << i) == 0)
            continue;
        const struct fsm_rule *rule = fsm_find(&fsm_container, fsm_state(&fsm_container, b->container[i].state), event);
        if (rule == NULL)
            fail_msg("what the rules let pass the machine has not: %s in %s", event, b->container[i].state);
        b->container[i].state = fsm_target(&fsm_container, rule);
        if (rule->to != FSM_CONTAINER_KEPT && rule->to != FSM_CONTAINER_RETURNED && rule->to != FSM_CONTAINER_CONDEMNED)
            b->container[i].position = -1;
    }
}

const char *lab_tenths(const struct doing *d, int n)
{
    return arena_printf(d->a, "%s%d.%d", n < 0 ? "-" : "", abs(n) / 10, abs(n) % 10);
}

int lab_room(int count, struct err *e)
{
    return count < LAB_MOST ? 0 : err_raise(e, ERR_BUSY, "", "", "the walk has so many already");
}

static int (*const deeds[LAB_VERBS])(struct doing *d, struct err *e) = {
    lab_do_step, lab_do_verify, lab_do_fill, lab_do_complete, lab_do_label, lab_do_store, lab_do_report, lab_do_review_test, lab_do_investigate, lab_do_close, lab_do_deviate,
    lab_do_close_deviation, lab_do_review, lab_do_release, lab_do_reject, lab_do_hand_over, lab_do_receive, lab_do_destroy, lab_do_witness, lab_do_lose, lab_do_note};

int lab_do(struct lab *lab, const struct lab_want *want, struct err *e)
{
    static struct arena *a;
    struct lab_batch *b = &lab->batch[want->batch];
    const struct verb_row *verb = verb_find(lab_verbs[want->verb]);
    if (a == NULL)
        a = arena_new(0);
    arena_reset(a);
    lab->now_ms += 1000;
    struct doing d = {lab, b, want, a, lab_people[want->who], lab_roles[want->who], lab->now_ms, b->acts_count};
    int code = b->acts_count == LAB_ACTS ? err_raise(e, ERR_BUSY, "", "", "the walk is long enough") : verb_roles_check(verb, d.roles, e);
    if (code == 0 && (verb->flags & VERB_FRESH) != 0 && b->seen[want->who] != b->acts_count - 1)      /* as the frame asks first */
        code = err_raise(e, ERR_HEAD_STALE, "reviewed", "", "you saw entry %d, the last one is now %d", b->seen[want->who], b->acts_count - 1);
    code = code != 0 ? code : deeds[want->verb](&d, e);
    if (code < 0)
        fail_msg("%s: %s", lab_verbs[want->verb], e->text);
    if (code == 0)
        b->acts[b->acts_count++] = (struct lab_act){*want, b->state};
    return code;
}
