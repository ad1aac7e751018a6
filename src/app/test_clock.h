/* The clock of tests; see service_main(). Without GATEHOUSE_TEST_NOW nothing happens. */
#ifndef GH_APP_TEST_CLOCK_H
#define GH_APP_TEST_CLOCK_H

/* Looks at the environment variable, once; says so in the log. */
void test_clock_open(void);

/* Before each request: reads the file again, when it names one. */
void test_clock_read(void);

/* Where that file is; NULL when there is none. */
const char *test_clock_folder(void);

#endif
