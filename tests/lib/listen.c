/*
 * listen SOCKET PROGRAM [ARGUMENT...]: makes a listening socket the program's standard
 * input, as a web server that starts a FastCGI program does. The process stays the same, so
 * the shell knows its number; standard error stays where it was. The socket has its name
 * only when it can be connected to. The program gets no huge pages, of which the first one
 * would be 2 MB more where memory is to stay flat.
 */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd, n;

	if (argc < 3) {
		fprintf(stderr, "usage: listen SOCKET PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	n = snprintf(name.sun_path, sizeof name.sun_path, "%s.new", argv[1]);
	if (n >= (int)sizeof name.sun_path) {
		fprintf(stderr, "%s: too long a name for a socket\n", argv[1]);
		return 1;
	}
	unlink(name.sun_path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0 ||
	    bind(fd, (struct sockaddr *)&name, sizeof name) != 0 ||
	    listen(fd, 1024) != 0 || dup2(fd, STDIN_FILENO) < 0) {
		perror(argv[1]);
		return 1;
	}
	/* Once it has its name it is the only socket: tests count them. */
	if (fd != STDIN_FILENO)
		close(fd);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (rename(name.sun_path, argv[1]) != 0) {
		perror(argv[1]);
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
