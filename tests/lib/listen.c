/*
 * listen SOCKET PROGRAM [ARGUMENT...]: makes a listening socket the program's standard
 * input, as a web server that starts a FastCGI program does. The process stays the same, so
 * the shell knows its number; standard error stays where it was.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (argc < 3 || strlen(argv[1]) >= sizeof name.sun_path) {
		fprintf(stderr, "usage: listen SOCKET PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	memcpy(name.sun_path, argv[1], strlen(argv[1]));
	unlink(argv[1]);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0 ||
	    bind(fd, (struct sockaddr *)&name, sizeof name) != 0 ||
	    listen(fd, 1024) != 0 || dup2(fd, STDIN_FILENO) < 0) {
		perror(argv[1]);
		return 1;
	}
	if (fd != STDIN_FILENO)
		close(fd);
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
