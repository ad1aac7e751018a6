# Black-box tests: programs as a web server starts and asks them. tests/lib/tap.sh is what
# the scripts are written in.
check_PROGRAMS += tests/lib/listen tests/lib/publish tests/cgi/echo
tests_lib_listen_SOURCES = tests/lib/listen.c
tests_lib_publish_SOURCES = tests/lib/publish.c
tests_lib_publish_LDADD = $(FIRMWARE_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS)
tests_cgi_echo_SOURCES = tests/cgi/echo.c
tests_cgi_echo_LDADD = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/lib/tap.sh tests/lib/kickstarter.sh tests/lib/admin.sh \
	tests/lib/html_rules.py
check_PROGRAMS += tests/lib/admin_routes
tests_lib_admin_routes_SOURCES = tests/lib/admin_routes.c
tests_lib_admin_routes_LDADD = $(ADMIN_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
cgi_tests = \
	tests/cgi/admin-html.sh \
	tests/cgi/admin-overview.sh \
	tests/cgi/admin-pages.sh \
	tests/cgi/admin-plans.sh \
	tests/cgi/admin-trust.sh \
	tests/cgi/admin-unknown.sh \
	tests/cgi/admin.sh \
	tests/cgi/confine.sh \
	tests/cgi/fastcgi.sh \
	tests/cgi/actions.sh \
	tests/cgi/api.sh \
	tests/cgi/api-mutations.sh \
	tests/cgi/api-rights.sh \
	tests/cgi/api-strict.sh \
	tests/cgi/kickstarter.sh \
	tests/cgi/kickstarter-firmware.sh \
	tests/cgi/process.sh \
	tests/cgi/request.sh \
	tests/cgi/service.sh \
	tests/cgi/udp-config.sh
dist_check_SCRIPTS += $(cgi_tests)
TESTS += $(cgi_tests)

# cups.fcgi: a tool that makes and changes data as operators do, certificates, and programs
# that ask in ways that a shell cannot. tests/lib/cups.sh puts them into words.
check_PROGRAMS += \
	tests/lib/ask \
	tests/lib/fleet \
	tests/lib/issue \
	tests/lib/kernel \
	tests/lib/mutate
FCGI_CLIENT = tests/lib/fcgi_client.c tests/lib/fcgi_client.h
tests_lib_ask_SOURCES = tests/lib/ask.c $(FCGI_CLIENT)
tests_lib_ask_LDADD = $(BASE_LIBS)
tests_lib_fleet_SOURCES = tests/lib/fleet.c tests/lib/fleet.h tests/lib/fleet_firmware.c \
	tests/lib/fleet_look.c \
	tests/lib/fleet_make.c tests/lib/fleet_strain.c
tests_lib_fleet_LDADD = $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
tests_lib_issue_SOURCES = tests/lib/issue.c
tests_lib_issue_LDADD = $(APP_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(BASE_LIBS)
tests_lib_kernel_SOURCES = tests/lib/kernel.c tests/lib/kernel.h
tests_lib_mutate_SOURCES = tests/lib/mutate.c tests/lib/oracle.c tests/lib/oracle.h \
	$(FCGI_CLIENT)
tests_lib_mutate_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_CFLAGS)
tests_lib_mutate_LDADD = $(JSON_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/lib/cups.sh tests/lib/hold.sh tests/lib/workers.sh
cups_scripts = \
	tests/cgi/cups-access.sh \
	tests/cgi/cups-answers.sh \
	tests/cgi/cups-changes.sh \
	tests/cgi/cups-damage.sh \
	tests/cgi/cups-mutations.sh \
	tests/cgi/cups-race.sh \
	tests/cgi/cups-reference.sh \
	tests/cgi/cups-throttle.sh \
	tests/cgi/cups-writers.sh \
	tests/cgi/firmware.sh
dist_check_SCRIPTS += $(cups_scripts)
TESTS += $(cups_scripts)

# The API: its tables as JSON, and what is compared with them.
check_PROGRAMS += tests/lib/api_mutate tests/lib/api_table
tests_lib_api_mutate_SOURCES = tests/lib/api_mutate.c $(FCGI_CLIENT)
tests_lib_api_mutate_LDADD = $(GH_JSON_LIBS) $(BASE_LIBS)
tests_lib_api_table_SOURCES = tests/lib/api_table.c
tests_lib_api_table_LDADD = $(ADMIN_LIBS) $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) \
	$(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/cgi/fastcgi.py tests/cgi/openapi_check.py

# Pages of the admin with files in their forms, and what firmware needs.
EXTRA_DIST += tests/lib/admin_upload.sh
admin_scripts = \
	tests/cgi/admin-accounts.sh \
	tests/cgi/admin-bulk.sh \
	tests/cgi/admin-certificates.sh \
	tests/cgi/admin-faults.sh \
	tests/cgi/admin-firmware.sh \
	tests/cgi/admin-gateways.sh \
	tests/cgi/admin-rollouts.sh
dist_check_SCRIPTS += $(admin_scripts)
TESTS += $(admin_scripts)

# The admin in a process whose allocations and store operations fail one by one.
check_PROGRAMS += tests/lib/admin_faults
tests_lib_admin_faults_SOURCES = tests/lib/admin_faults.c tests/lib/faulty.c \
	tests/lib/faulty.h
tests_lib_admin_faults_LDFLAGS = -Wl,--wrap=arena_alloc,--wrap=arena_zalloc \
	-Wl,--wrap=arena_dup,--wrap=arena_strdup,--wrap=arena_printf
tests_lib_admin_faults_LDADD = $(tests_lib_admin_routes_LDADD)

# Code of a stranger in a program: loaded before it.
check_DATA += tests/cgi/intruder.so
CLEANFILES += tests/cgi/intruder.so
EXTRA_DIST += tests/cgi/intruder.c
tests/cgi/intruder.so: tests/cgi/intruder.c
	$(AM_V_CC)mkdir -p tests/cgi && $(CC) $(CFLAGS) -shared -fPIC -o $@ \
		$(top_srcdir)/tests/cgi/intruder.c
