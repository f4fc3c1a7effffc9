// SPDX-License-Identifier: GPL-2.0
/* Runs a fuzzing target on the files that it is given, without libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *name)
{
	static uint8_t data[1 << 16];
	FILE *file = fopen(name, "rb");
	size_t size;

	if (!file) {
		perror(name);
		exit(1);
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	/* Should it stop here, this is where. */
	printf("# %s\n", name);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
}

int main(int argc, char **argv)
{
	int i;

	printf("1..1\n");
	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%sok 1 - fuzzing: replay of %d inputs\n",
	       argc < 2 ? "not " : "", argc - 1);
	return argc < 2;
}
