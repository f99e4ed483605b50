#!/usr/bin/env bash
# Base and head of one policy in one run, then the gate. Inputs are variables of
# action.yml; inputs are data and never become code here. Exit code: 0 pass,
# unchanged or new; 1 regression; 2 undecided, if that is to fail; 3 and 64 errors.
set -euo pipefail

root=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
here=$PWD
read -r -a deno <<<"${DENO:-npx -y deno@2.9.6}"
mkdir -p "$OUT"
out=$(cd "$OUT" && pwd)
base=$here/$BASE/$POLICY
head=$here/$HEAD/$POLICY
markdown=$out/gate.md
junit=$out/gate.xml

# One flag per line.
flags() {
  local line
  while IFS= read -r line; do
    [[ -z $line ]] || printf '%s\0' "$line"
  done <<<"$1"
}
mapfile -d '' -t run_flags < <(flags "${RUN_FLAGS:-}")
mapfile -d '' -t gate_flags < <(flags "${GATE_FLAGS:-}")

depthbench() {
  (cd "$root" && "${deno[@]}" task -q depthbench "$@")
}

# finish OUTCOME CODE: tells the workflow and ends.
finish() {
  {
    echo "outcome=$1"
    echo "markdown=$markdown"
    [[ ! -s $junit ]] || echo "junit=$junit"
  } >>"${GITHUB_OUTPUT:-/dev/null}"
  cat "$markdown" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  exit "$2"
}

# spec FILE: a policy spec with the options.
spec() {
  printf '%s%s' "$1" "${OPTIONS:+($OPTIONS)}"
}

rm -f "$markdown" "$junit"
if [[ ! -f $base ]]; then
  depthbench run "${run_flags[@]}" --policies "$(spec "$head")" --out "$out/run" --fresh
  cp "$out/run/report.md" "$markdown"
  finish new 0
fi
if diff -rq "$(dirname "$base")" "$(dirname "$head")" >/dev/null; then
  printf '## Depthbench gate\n\nThe policy is the same in base and head.\n' >"$markdown"
  finish unchanged 0
fi

measure() {
  depthbench run "${run_flags[@]}" --policies "$(spec "$base")" --policies "$(spec "$head")" \
    --out "$1" --fresh
}
gate() {
  depthbench compare "$out/run" --gate "${gate_flags[@]}" --markdown "$markdown" --junit "$junit" "$@"
}

measure "$out/run"
code=0
gate || code=$?
if ((code == 2)); then
  echo "Undecided: once more with fresh blocks"
  measure "$out/again"
  code=0
  gate --confirmed "$out/again" || code=$?
fi
case $code in
  0) finish pass 0 ;;
  1) finish regression 1 ;;
  2) [[ ${UNDECIDED:-pass} == pass ]] && finish inconclusive 0 || finish inconclusive 2 ;;
  *) [[ -s $markdown ]] || echo "The gate could not run: see the log" >"$markdown"
    finish failed "$code" ;;
esac
