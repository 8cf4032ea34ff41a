#!/usr/bin/env bash
# Runs the built test projects and prints "N passed, N failed" (and ", N skipped") as its last line.
# Arguments are filters of the xunit.v3 runner, given to every project. LARDER_TEST_PROJECTS names other projects than all of
# tests/. Exit code 0: all is well. 1: something failed. Others: it was stopped before it could say.
#
# The counts are those of the result files, never of an exit code alone: the runner ends with 0 when it found no test, and a
# process that a test ended early looks like success as well. Each project that ran no test or left no result is one failure.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

passed=0 failed=0 skipped=0
child=""
results=""

time_limit() {
    case ${LARDER_TEST_MODE:-full} in
        quick) echo 5m ;;
        long) echo 6h ;;
        *) echo 25m ;;
    esac
}

projects() {
    local project
    if [[ -n "${LARDER_TEST_PROJECTS:-}" ]]; then
        tr ' ' '\n' <<<"$LARDER_TEST_PROJECTS"
        return
    fi
    for project in "$root"/tests/*/*.csproj; do
        basename "$project" .csproj
    done
}

# The value of one counter in the head of a result file; nothing where there is none.
counter() {
    local head=$1 name=$2
    [[ "$head" =~ [[:space:]]"$name"=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}"
}

no_result() {
    echo "FAILED: $1" >&2
    failed=$((failed + 1))
}

run_project() {
    local project=$1 status=0 head
    shift
    local result=$results/$project.xml program=$root/artifacts/bin/$project/debug/$project
    [[ -x "$program" ]] || { no_result "$project is not built" && return; }

    timeout --kill-after=30s "$(time_limit)" "$program" -noLogo -noColor -xml "$result" "$@" >&2 &
    child=$!
    wait "$child" || status=$?
    child=""

    head=$(grep -o -m 1 '<assembly [^>]*>' "$result" 2>/dev/null) ||
        { no_result "$project left no result (exit code $status)" && return; }
    add_up "$project" "$status" "$head"
}

add_up() {
    local project=$1 status=$2 head=$3 ok bad errors left_out
    if ! { ok=$(counter "$head" passed) && bad=$(counter "$head" failed) && errors=$(counter "$head" errors) &&
        left_out=$(counter "$head" skipped); }; then
        no_result "$project left a result without counts"
        return
    fi
    passed=$((passed + ok)) failed=$((failed + bad + errors)) skipped=$((skipped + left_out))

    if ((ok + bad + errors + left_out == 0)); then
        no_result "$project ran no tests"
    elif ((status != 0 && bad + errors == 0)); then
        no_result "$project ended with exit code $status though no test failed"
    fi
}

clean_up() {
    local status=$?
    [[ -z "$child" ]] || { kill -TERM "$child" && wait "$child"; } 2>/dev/null || true
    [[ -z "$results" ]] || rm -rf "$results"
    exit "$status"
}

main() {
    local project names line
    names=$(projects)
    for project in $names; do
        run_project "$project" "$@"
    done

    line="$passed passed, $failed failed"
    ((skipped == 0)) || line+=", $skipped skipped"
    echo "$line"
    ((failed == 0))
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
results=$(mktemp -d "${TMPDIR:-/tmp}/larder-results.XXXXXXXX")
main "$@"
