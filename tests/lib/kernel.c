/*
 *	kernel files|calls
 *
 * exits with 0 when the kernel can confine a program to files, or filter its system calls.
 */
#include "tests/lib/kernel.h"

#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "files") == 0)
		return kernel_confines_files() ? 0 : 1;
	if (argc == 2 && strcmp(argv[1], "calls") == 0)
		return kernel_filters_calls() ? 0 : 1;
	fprintf(stderr, "usage: kernel files|calls\n");
	return 2;
}
