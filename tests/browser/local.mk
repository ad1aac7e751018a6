# A real browser: headless Chromium, steered from Python's own library.
EXTRA_DIST += tests/browser/cdp.py
