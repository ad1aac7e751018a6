# Targets for those who change Gatehouse. Included by Makefile.am. Each one says so and
# fails when a program that it needs is missing.
.PHONY: format check-format lint manlint openapi check-valgrind check-sanitizers coverage fuzz

find_c = find src cgi-bin tests fuzz bench -name '*.[ch]'
find_sh = grep -rlIE '^\#!/bin/(ba)?sh' .ci bench etc fuzz quickstart runtests share tests
need = need() { command -v "$$1" >/dev/null || { echo "$$1 is missing" >&2; exit 1; }; }; need

# Every release of clang-format breaks some lines in another way. The tree has them as this
# one does, and only this one is asked.
format_release = 14
formats = $(CLANG_FORMAT) --version | grep -q 'version $(format_release)[.]'

format:
	@$(formats) || { echo 'the tree is formatted with clang-format-$(format_release)' >&2; exit 1; }
	cd $(top_srcdir) && $(find_c) | xargs $(CLANG_FORMAT) -i

check-format:
	@$(need) $(CLANG_FORMAT)
	@if $(formats); then \
		cd $(top_srcdir) && $(find_c) | xargs $(CLANG_FORMAT) --dry-run -Werror; \
	else \
		echo 'format not compared: that needs clang-format-$(format_release)'; \
	fi

# cppcheck is told what the compiler does not: null pointers and leaks along a path,
# conditions that are always true, printf arguments of the wrong size. Not that a context
# points to a local variable of the function that made the call, and not that it looked at
# some branches only. Strings that the build defines it must know, to read on behind them.
cppcheck_macros = -DPACKAGE_VERSION='""' -DPACKAGE_STRING='""' -DGH_BINDIR='""' \
	-DGH_DATADIR='""' -DGH_LOCALSTATEDIR='""' -DGH_SYSCONFDIR='""' --max-configs=12
lint: check-format
	@$(need) $(SHELLCHECK); $(need) $(CPPCHECK)
	cd $(top_srcdir) && $(find_sh) | xargs $(SHELLCHECK) -x -S warning
	cd $(top_srcdir) && $(CPPCHECK) --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--suppress=autoVariables --suppress=normalCheckLevelMaxBranches \
		$(cppcheck_macros) \
		--enable=warning,performance,portability -j2 -Isrc src cgi-bin fuzz

manlint:
	@$(need) $(MANDOC)
	cd $(top_srcdir) && find man -name '*.[1578]' | xargs -r $(MANDOC) -T lint -W warning

# The description of the API, from the tables of the program.
openapi: tests/lib/api_table$(EXEEXT)
	tests/lib/api_table >openapi.tables
	python3 $(top_srcdir)/share/openapi.py openapi.tables >openapi.new
	mv openapi.new $(top_srcdir)/share/openapi.yaml
	rm openapi.tables

# The unit tests and the replay of the fuzz targets, with an error for every leak.
check-valgrind: all
	@$(need) $(VALGRIND)
	$(MAKE) $(AM_MAKEFLAGS) check LOG_COMPILER='$(VALGRIND)' \
		LOG_FLAGS='--quiet --error-exitcode=99 --leak-check=full' \
		TESTS='$(filter tests/unit/% fuzz/%,$(check_PROGRAMS))'

# Both build in a folder of their own below this one.
check-sanitizers:
	mkdir -p build-sanitizers && cd build-sanitizers && \
		$(abs_top_srcdir)/configure -q --enable-sanitizers CC='$(CC)' && \
		ASAN_OPTIONS=detect_leaks=1 $(MAKE) $(AM_MAKEFLAGS) check

# Of all that is compiled, what no test calls too. A few tests fail here: gcov writes files
# and leaves open what the signing helper closes for good. The second figures are without
# the command line, which is printing for the most part. The files of counts are there
# before, for everybody to write: tests run programs as other users too.
lcov = lcov -q --rc lcov_branch_coverage=1
gcov_files = find . -name '*.gcno' | sed 's/gcno$$/gcda/' | tr '\n' '\0'
coverage:
	@$(need) lcov
	mkdir -p build-coverage && cd build-coverage && \
		$(abs_top_srcdir)/configure -q --enable-coverage CC='$(CC)' CFLAGS='-g -O0' && \
		find . -name '*.gcda' -exec rm {} + && \
		$(MAKE) $(AM_MAKEFLAGS) all && $(MAKE) $(AM_MAKEFLAGS) check TESTS= && \
		$(gcov_files) | xargs -0 touch && $(gcov_files) | xargs -0 chmod 666 && \
		{ $(MAKE) $(AM_MAKEFLAGS) -k check || :; } && \
		find . -name '*.gcda' -empty -exec rm {} + && \
		$(lcov) --capture --initial --directory . -o none.info && \
		$(lcov) --capture --directory . -o tests.info && \
		$(lcov) -a none.info -a tests.info -o all.info && \
		$(lcov) --extract all.info '$(abs_top_srcdir)/src/*' -o src.info && \
		$(lcov) --remove src.info '$(abs_top_srcdir)/src/cli/*' -o library.info && \
		$(lcov) --list src.info && \
		lcov --rc lcov_branch_coverage=1 --summary src.info && \
		lcov --rc lcov_branch_coverage=1 --summary library.info

# Runs every target for so long, as many at once as there are processors. All of them are
# run, whatever is found, and then it fails.
FUZZ_SECONDS = 60
FUZZ_JOBS = $$(nproc 2>/dev/null || echo 1)
fuzz: $(fuzz_targets)
	@test -n '$(FUZZ_ENGINE)' || { \
		echo 'configure with CC=clang --enable-fuzzer --enable-sanitizers' >&2; exit 1; }
	@printf '%s\n' $(fuzz_targets) | xargs -n 1 -P "$(FUZZ_JOBS)" $(SHELL) \
		$(top_srcdir)/fuzz/run.sh $(FUZZ_SECONDS) $(top_srcdir)/fuzz/corpus

# ---- Debian package -----------------------------------------------------------------
# In deb/: from the tarball of `make dist`, with lintian's opinion of it.
deb: dist
	rm -rf deb && mkdir deb
	cp $(distdir).tar.xz deb/$(PACKAGE)_$(VERSION).orig.tar.xz
	cd deb && tar xf $(PACKAGE)_$(VERSION).orig.tar.xz
	cp -R $(abs_top_srcdir)/debian deb/$(distdir)/
	cd deb/$(distdir) && dpkg-buildpackage -us -uc -b
	lintian --fail-on error,warning deb/*.changes

# Installs, upgrades and removes it on a fresh system (debootstrap; root and a mirror).
check-deb: deb
	$(top_srcdir)/tests/package/deb.sh deb/$(PACKAGE)_$(VERSION)-1_*.deb

# Boots a fresh system with it in a container (systemd-nspawn besides): units, sandbox, timers,
# restarts and upgrades under traffic, a reboot.
check-systemd: deb
	@$(need) debootstrap; $(need) systemd-nspawn
	$(top_srcdir)/tests/package/systemd.sh deb/$(PACKAGE)_$(VERSION)-1_*.deb
.PHONY: deb check-deb check-systemd

# ---- shared hosting --------------------------------------------------------------------
# The folder to upload to a rented web space; needs patchelf.
shared-hosting: all
	$(SHELL) $(top_srcdir)/etc/shared-hosting/build.sh . $(abs_top_srcdir) shared-hosting
.PHONY: shared-hosting

# ---- the admin in a browser --------------------------------------------------------------
# Pictures of its pages in screenshots/, to be looked at: light, dark, and as on a phone.
screenshots: all $(check_PROGRAMS)
	@$(need) chromium; $(need) python3; $(need) lighttpd
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/browser/screenshots.sh screenshots
.PHONY: screenshots

# The walk of tests/browser with axe-core, which npm brings to axe/ here.
check-axe: all $(check_PROGRAMS)
	@$(need) npm; $(need) chromium; $(need) tidy; $(need) lighttpd
	npm install --silent --no-save --prefix axe axe-core
	AXE=$(abs_builddir)/axe/node_modules/axe-core/axe.min.js \
	  $(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/browser/walk.sh
.PHONY: check-axe

# What is worth running under sanitizers again: not what tests shell scripts, other people's
# servers and browsers, or the tree.
sanitized-tests:
	@echo $(filter-out tests/layers.sh tests/doc/% tests/fetch/% tests/browser/% \
		tests/server/% tests/fault/powercut.sh,$(TESTS)) \
		tests/server/lighttpd-fastcgi.sh tests/server/firmware.sh
.PHONY: sanitized-tests
