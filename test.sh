#!/usr/bin/env bash
# Runs every test of the repository on a fresh Debian machine that has the .NET SDK, as root or with sudo.
#   ./test.sh         everything but the soaks (Category=Long)
#   ./test.sh quick   the inner loop: also leaves out Category=Slow
#   ./test.sh long    everything
# The last line is "N passed, N failed" (and ", N skipped"). Whatever keeps a test project from being counted (a build that
# fails, a crash, no tests, a service that does not start) is one failure in it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly root
export LC_ALL=C.UTF-8 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# What the tests need beside the SDK: a Debian package, and the command that is true where it is there already.
needs=(
    "postgresql:postgres_bin"
    "redis-server:command -v redis-server"
    "libsqlite3-0:has_library libsqlite3.so.0"
    "prometheus:command -v promtool"
)

scratch=""
policy=""
child=""
closing_line_printed=false

say() { printf '== %s\n' "$*" >&2; }

# The newest server of the Debian packages, or the one on the PATH.
postgres_bin() {
    local newest
    newest=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    newest=${newest:-$(command -v initdb)} && dirname "$newest"
}

has_library() { [[ "$(/sbin/ldconfig -p)" == *"$1 "* ]]; }

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Runs a command where a signal still reaches the trap at once: bash runs traps during wait, not during a command.
attend() {
    local status=0
    "$@" &
    child=$!
    wait "$child" || status=$?
    child=""
    return "$status"
}

install_missing() {
    local need missing=()
    for need in "${needs[@]}"; do
        # Split on purpose: a command with its arguments.
        # shellcheck disable=SC2086
        ${need#*:} >/dev/null || missing+=("${need%%:*}")
    done
    ((${#missing[@]} > 0)) || return 0

    say "installing ${missing[*]}"
    keep_services_stopped
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    allow_services
}

# Debian starts a service when its package is installed; the tests want the programs and nothing running.
keep_services_stopped() {
    [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

allow_services() {
    [[ -n "$policy" ]] || return 0
    as_root rm -f "$policy"
    policy=""
}

# PostgreSQL refuses to run as root, so root hands its folder to the user that the package made.
as_postgres() {
    if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

start_postgres() {
    local bin data=$scratch/postgres/data password port
    bin=$(postgres_bin)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkdir "$scratch/postgres"
    printf '%s\n' "$password" >"$scratch/postgres/password"
    if ((EUID == 0)); then
        chmod 711 "$scratch"
        chown -R postgres "$scratch/postgres"
    fi

    cd "$scratch/postgres"
    as_postgres "$bin/initdb" --pgdata="$data" --username=postgres --pwfile="$scratch/postgres/password" \
        --auth=scram-sha-256 --locale=C --encoding=UTF8 --no-sync >"$scratch/initdb.log" 2>&1 ||
        { cat "$scratch/initdb.log" >&2 && return 1; }
    port=$(start_on_free_port "$bin" "$data")
    cd "$root"
    export LARDER_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;Database=postgres"
    say "PostgreSQL $("$bin/postgres" --version | grep -o '[0-9.]*' | head -n 1) on 127.0.0.1:$port"
}

# The server's own bind decides whether a port is free; the range lies below the one the kernel hands out.
start_on_free_port() {
    local bin=$1 data=$2 port
    local options="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off"
    options+=" -c full_page_writes=off -c max_connections=200 -c timezone=UTC"
    for _ in 1 2 3 4 5 6 7 8; do
        port=$((20000 + RANDOM % 12000))
        if as_postgres "$bin/pg_ctl" start --wait --timeout=60 --silent --pgdata="$data" --log="$data/server.log" \
            --options="-p $port $options" >&2; then
            echo "$port"
            return 0
        fi
    done
    cat "$data/server.log" >&2
    return 1
}

stop_postgres() {
    local data=$scratch/postgres/data
    [[ -e "$data/postmaster.pid" ]] || return 0
    cd / # The postgres user cannot enter every folder this may be called from.
    as_postgres "$(postgres_bin)/pg_ctl" stop --wait --mode=immediate --silent --pgdata="$data" >&2 || true
}

build() {
    say "building"
    attend dotnet build "$root/Larder.slnx" --nologo -v quiet -clp:NoSummary --disable-build-servers >&2
}

pack() {
    say "packing"
    attend dotnet pack "$root/Larder.slnx" --no-build -c Debug --nologo -v quiet -o "$scratch/packages" >&2
}

run_tests() {
    local status=0
    attend "$root/eng/run-tests.sh" "$@" || status=$?
    # 0 and 1 are the runner's own verdicts; anything else means that it never came to its closing line.
    ((status > 1)) || closing_line_printed=true
    return "$status"
}

clean_up() {
    local status=$?
    trap '' INT TERM
    set +e
    [[ -z "$child" ]] || { kill -TERM "$child" && wait "$child"; } 2>/dev/null
    allow_services
    if [[ -n "$scratch" ]]; then
        stop_postgres
        rm -rf "$scratch"
    fi
    if ! "$closing_line_printed"; then
        ((status != 0)) || status=1
        echo "0 passed, 1 failed"
    fi
    exit "$status"
}

main() {
    local mode=${1:-full} filters=()
    case $mode in
        quick) filters=(-trait- Category=Slow -trait- Category=Long) ;;
        full) filters=(-trait- Category=Long) ;;
        long) needs+=("spin:command -v spin" "gcc:command -v gcc" "libc6-dev:test -e /usr/include/stdio.h") ;;
        *) say "usage: ./test.sh [quick|full|long]" && return 2 ;;
    esac
    export LARDER_TEST_MODE=$mode LARDER_TEST_REQUIRE_SERVICES=1

    install_missing
    build
    attend "$root/eng/test-the-tests.sh" >&2
    [[ $mode == quick ]] || pack
    start_postgres
    run_tests ${filters[@]+"${filters[@]}"}
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
scratch=$(mktemp -d "${TMPDIR:-/tmp}/larder-test.XXXXXXXX")
main "$@"
