/*
 * The least that a FastCGI program can do: libfcgi reads the body and 14 bytes are written.
 * What Gatehouse costs is told as a ratio to this.
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stddef.h>

static void
on_stop(int sig)
{
	(void)sig;
	FCGX_ShutdownPending();
}

int
main(void)
{
	static const char answer[] = "Status: 200 OK\r\n"
				     "Content-Type: application/octet-stream\r\n"
				     "Content-Length: 14\r\n\r\n"
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct sigaction action = {.sa_handler = on_stop};
	FCGX_Request request;
	char body[8192];

	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	FCGX_Init();
	FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR);
	while (FCGX_Accept_r(&request) == 0) {
		while (FCGX_GetStr(body, sizeof body, request.in) == (int)sizeof body)
			continue;
		FCGX_PutStr(answer, sizeof answer, request.out);
		FCGX_Detach(&request);
		FCGX_Finish_r(&request);
	}
	return 0;
}
