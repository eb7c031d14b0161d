/* A linked list on the stack: sorted insertion, reversal, and a sum that knows the order. */
#include "guest.h"

enum { NODES = 6 };

struct node {
    struct node *next;
    u64 value;
};

struct node *list_insert(struct node *head, struct node *node)
{
    struct node **at = &head;

    while (*at && (*at)->value < node->value)
        at = &(*at)->next;
    node->next = *at;
    *at = node;
    return head;
}

struct node *list_reverse(struct node *head)
{
    struct node *reversed = 0;

    while (head) {
        struct node *next = head->next;

        head->next = reversed;
        reversed = head;
        head = next;
    }
    return reversed;
}

/* Nodes in falling order of value from the head on. */
u32 list_falling(const struct node *head)
{
    u32 nodes = 0;

    for (; head; head = head->next) {
        nodes++;
        if (head->next && head->next->value > head->value)
            return 0;
    }
    return nodes;
}

u64 list_sum(const struct node *head)
{
    return head ? head->value + list_sum(head->next) : 0;
}

void run_lists(struct pass *pass)
{
    struct node nodes[NODES];
    struct node *head = 0;
    u64 sum = 0;

    for (u32 i = 0; i < NODES; i++) {
        nodes[i].value = next_random(pass) >> 8;
        sum += nodes[i].value;
        head = list_insert(head, &nodes[i]);
    }
    head = list_reverse(head);
    check_equal(pass, FAIL_LIST, list_falling(head), NODES);
    check_equal(pass, FAIL_LIST, list_sum(head), sum);
}
