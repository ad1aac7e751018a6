# The operator's guide, followed command by command.
dist_check_SCRIPTS += tests/doc/guide.sh
TESTS += tests/doc/guide.sh
