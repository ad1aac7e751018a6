# The operator's guide, followed command by command; the manual pages, held to the programs.
dist_check_SCRIPTS += tests/doc/guide.sh tests/doc/manual.sh
EXTRA_DIST += tests/doc/manual.py
TESTS += tests/doc/guide.sh tests/doc/manual.sh
