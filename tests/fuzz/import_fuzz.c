// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any bytes as a script of tc commands, and the policy that it comes to. */
#include <stdio.h>
#include <stdlib.h>

#include "import_script.h"
#include "import_text.h"
#include "import_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_notes notes = { 0 };
	struct import_text made;
	struct foreign f = { 0 };
	static FILE *null;
	struct source src;
	size_t i;

	if (!null)
		null = fopen("/dev/null", "w");
	source_from_text(&src, "fuzz", (const char *)data, size);
	import_script(&src, &f, &notes);
	import_text_make(&made, &f, &src, NULL, 0, &notes);
	/* What is printed is a policy. */
	if (made.text && !made.good) {
		fprintf(stderr, "%s\n%s\n", made.text, made.d.n ? made.d.list[0].text : "");
		abort();
	}
	for (i = 0; i < notes.n; i++)
		if (notes.v[i].at.off != DIAG_NOWHERE && notes.v[i].at.off > src.len)
			abort();
	import_notes_print(null, &src, &notes);
	import_text_free(&made);
	import_notes_free(&notes);
	foreign_free(&f);
	source_free(&src);
	return 0;
}
