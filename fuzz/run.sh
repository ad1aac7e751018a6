#!/bin/sh
# One target by libFuzzer, for `make fuzz`: run.sh SECONDS CORPUS PROGRAM. New inputs go to
# fuzz/found/NAME of the build folder and what fails beside it, never into the seed corpus;
# so does what it said. Prints a line, or the end of the log when something was found.
seconds=$1 program=$3
name=${program##*/fuzz_}
found=fuzz/found/$name
mkdir -p "$found"
"./$program" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
  -artifact_prefix="$found-" "$found" "$2/$name" >"$found.log" 2>&1 || {
  status=$?
  # In one piece, for others are writing too.
  printf '%s: FAILED (%s)\n%s\n' "$name" "$status" "$(tail -n 60 "$found.log")"
  exit 1
}
echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") runs"
