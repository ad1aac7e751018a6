# A real browser: headless Chromium, steered from Python's own library.
EXTRA_DIST += tests/browser/cdp.py tests/browser/lib.sh tests/browser/screenshots.py \
	tests/browser/screenshots.sh
