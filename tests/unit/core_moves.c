// SPDX-License-Identifier: GPL-2.0
/* Which policers may move packets on to which. */
#include "core_util.h"
#include "../../sch_optq/core/moves.h"

#define Y	OPTQ_YELLOW
#define R	OPTQ_RED

static void chains(void **state)
{
	struct optq_moves_node node[8];
	u32 i, j;

	(void)state;
	for (i = 0; i < 8; i++) {
		node[i].parent = i ? 0 : OPTQ_MOVES_NONE;
		for (j = 0; j < OPTQ_COLOURS; j++)
			node[i].target[j] = OPTQ_MOVES_NONE;
	}
	assert_int_equal(optq_moves_check(node, 8), OPTQ_MOVES_NONE);
	/* 1 to 2 to 3 to 4 to 5: four times. */
	for (i = 1; i < 5; i++)
		node[i].target[Y] = i + 1;
	assert_int_equal(optq_moves_check(node, 8), OPTQ_MOVES_NONE);
	assert_int_equal(node[1].hops, 4);
	assert_int_equal(node[4].hops, 1);
	/* Five. */
	node[5].target[R] = 6;
	assert_int_equal(optq_moves_check(node, 8), 1);
	/* Back to where it came from. */
	node[5].target[R] = node[3].target[Y] = OPTQ_MOVES_NONE;
	node[2].target[R] = 1;
	assert_int_equal(optq_moves_check(node, 8), 1);
	/* To itself, or to what is below it. */
	node[2].target[R] = OPTQ_MOVES_NONE;
	node[7].target[R] = 7;
	assert_int_equal(optq_moves_check(node, 8), 7);
	node[7].target[R] = OPTQ_MOVES_NONE;
	node[0].target[R] = 7;
	assert_int_equal(optq_moves_check(node, 8), 0);
	/* By way of a class above the target. */
	node[0].target[R] = OPTQ_MOVES_NONE;
	node[7].parent = 6;
	node[6].target[Y] = 1;
	node[2].target[Y] = 7;
	assert_int_equal(optq_moves_check(node, 8), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
	};

	return cmocka_run_group_tests_name("moves", tests, NULL, NULL);
}
