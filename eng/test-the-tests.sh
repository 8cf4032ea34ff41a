#!/usr/bin/env bash
# Proves that the test run fails when it should, with the runner and the test programs that ./test.sh uses (built already).
# ./test.sh stops here when this fails: no count after it could be trusted.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
scratch=$(mktemp -d "${TMPDIR:-/tmp}/larder-test-the-tests.XXXXXXXX")
trap 'rm -rf "$scratch"' EXIT

# expect NAME EXIT_CODE CLOSING_LINE COMMAND...: the command must end so, with that as its last line.
expect() {
    local name=$1 want_status=$2 want_line=$3 status=0 line
    shift 3
    "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    line=$(tail -n 1 "$scratch/out")
    if [[ "$status" != "$want_status" || "$line" != "$want_line" ]]; then
        cat "$scratch/err" >&2
        echo "FAILED: $name: expected exit code $want_status and «$want_line», got $status and «$line»" >&2
        exit 1
    fi
}

run_with() {
    local deliberately=$1
    shift
    LARDER_FAIL_DELIBERATELY=$deliberately LARDER_TEST_PROJECTS=Larder.Tests "$root/eng/run-tests.sh" "$@"
}

ci_with_failing_tests() {
    mkdir -p "$scratch/repository/.ci"
    cp "$root/.ci/run" "$scratch/repository/.ci/run"
    printf '#!/bin/sh\necho "3 passed, 1 failed"\nexit 1\n' >"$scratch/repository/test.sh"
    chmod +x "$scratch/repository/test.sh"
    "$scratch/repository/.ci/run"
}

only=(-class Larder.Tests.House.DeliberateFailureTests)

expect "a passing test passes" 0 "1 passed, 0 failed" run_with 0 "${only[@]}"
expect "a failing test fails" 1 "0 passed, 1 failed" run_with 1 "${only[@]}"
expect "a test that ends the process with 0 fails" 1 "0 passed, 1 failed" run_with exit "${only[@]}"
expect "no tests fail" 1 "0 passed, 1 failed" run_with 0 -class Larder.Tests.House.NoSuchClass
expect "a project that is not built fails" 1 "0 passed, 1 failed" env LARDER_TEST_PROJECTS=No.Such.Tests "$root/eng/run-tests.sh"
expect "the CI's command fails as test.sh does" 1 "3 passed, 1 failed" ci_with_failing_tests
echo "== the test run fails when it should (6 cases)"
