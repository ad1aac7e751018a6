# A real browser: headless Chromium, steered from Python's own library.
EXTRA_DIST += tests/browser/cdp.py tests/browser/lib.sh tests/browser/screenshots.py \
	tests/browser/screenshots.sh

# A person's way through the admin, and every page of it looked at.
EXTRA_DIST += tests/browser/checks.py tests/browser/walk.py
browser_tests = tests/browser/walk.sh
dist_check_SCRIPTS += $(browser_tests)
TESTS += $(browser_tests)
