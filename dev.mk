# Targets for those who change Gatehouse. Included by Makefile.am.
C_FILES = $(shell cd $(top_srcdir) && find src cgi-bin tests fuzz bench -name '*.[ch]')
.PHONY: format check-format
format:
	cd $(top_srcdir) && $(CLANG_FORMAT) -i $(C_FILES)
check-format:
	cd $(top_srcdir) && $(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
