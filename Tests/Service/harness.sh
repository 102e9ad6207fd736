# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# A copy of the scripts in a private project whose path has blanks in it, checks that print a line each, and the
# promise that no process outlives the tests. Reads TESTS and REPOSITORY.

PASSED=0 FAILED=0
WORK='' PROJECT='' DATA='' STUB='' CODE=0 OUT=''

harness_open() {
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/push service.XXXXXX")
    trap harness_remove EXIT
    # Passable for other users: some checks are made as one.
    chmod 755 "$WORK"
    PROJECT="$WORK/a project"
    STUB="$WORK/stub binary/push-server"
    mkdir -p "$PROJECT/Sources" "$PROJECT/config" "$WORK/stub binary"
    cp -r "$REPOSITORY/sh" "$PROJECT/"
    printf '// a manifest\n' >"$PROJECT/Package.swift"
    printf '// a source\n' >"$PROJECT/Sources/main.swift"
    # By the interpreter itself: what the PATH has may be a slow wrapper.
    printf '#!%s\n' "$(python3 -c 'import sys; print(sys.executable)')" >"$STUB"
    tail -n +2 "$TESTS/stub_push_server.py" >>"$STUB"
    chmod 755 "$STUB"
    export STUB_GATE="$WORK/gate"
    fresh_instance
}

harness_close() {
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    ((FAILED == 0))
}

harness_remove() {
    local pid
    for pid in $(servers); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    rm -rf -- "$WORK"
}

# fresh_instance: an empty data directory, free ports and the default way to run; nothing of an earlier case runs.
fresh_instance() {
    local pid ports
    for pid in $(servers); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    eventually 5 no_servers
    DATA="$WORK/data dir"
    rm -rf -- "$DATA" "$PROJECT/data" "$STUB_GATE"
    printf '# every value is a default\n' >"$PROJECT/config/push-server.yaml"
    unset "${!PUSH_@}" STUB_MODE
    export PUSH_BINARY=$STUB PUSH_DATA_DIRECTORY=$DATA
    mapfile -t ports < <(free_ports 3)
    export PUSH_WEBSOCKET_PORT=${ports[0]} PUSH_UDP_PORT=${ports[1]} PUSH_HTTP_PORT=${ports[2]}
}

# free_ports COUNT: free for TCP and UDP on every address, below those that the system gives to connections, so that
# none of these takes one in between.
free_ports() {
    python3 - "$1" <<'PYTHON'
import random, socket, sys
held = []
while len(held) < 2 * int(sys.argv[1]):
    family = socket.AF_INET6 if socket.has_ipv6 else socket.AF_INET
    tcp, udp = socket.socket(family), socket.socket(family, socket.SOCK_DGRAM)
    try:
        tcp.bind(("", random.randrange(10000, 32000)))
        udp.bind(("", tcp.getsockname()[1]))
    except OSError:
        continue
    held += [tcp, udp]
    print(tcp.getsockname()[1])
PYTHON
}

# run ARGUMENT...: the script under test; sets CODE and OUT (both streams).
run() {
    CODE=0
    OUT=$(timeout 120 "$PROJECT/sh/websocket" "$@" 2>&1 </dev/null) || CODE=$?
}

# run_http ARGUMENT...: likewise, for the proxy alone.
run_http() {
    CODE=0
    OUT=$(timeout 120 "$PROJECT/sh/http" "$@" 2>&1 </dev/null) || CODE=$?
}

# check WHAT COMMAND...: one line for one fact.
check() {
    local what=$1
    shift
    if "$@"; then
        PASSED=$((PASSED + 1))
        printf 'ok      %s\n' "$what"
    else
        FAILED=$((FAILED + 1))
        printf 'FAILED  %s\n        check: %s\n        last exit code: %s, last output:\n' "$what" "$*" "$CODE"
        sed 's/^/        | /' <<<"$OUT"
    fi
}

# answered CODE TEXT...: the last run ended so and printed every text.
answered() {
    local text
    [[ $CODE == "$1" ]] || return 1
    shift
    for text in "$@"; do
        [[ $OUT == *"$text"* ]] || return 1
    done
}

not() {
    ! "$@"
}

# eventually SECONDS COMMAND...: polls until it holds.
eventually() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= deadline)) || return 1
        sleep 0.05
    done
}

# servers: the pids of the servers the tests have started, by the project's path in their command line.
servers() {
    local file
    local -a words
    for file in /proc/[0-9]*/cmdline; do
        { mapfile -t -d '' words <"$file"; } 2>/dev/null || continue
        if [[ ${words[*]} =~ \ (serve|http)\ --config\  && ${words[*]} == *" --config $PROJECT/"* ]]; then
            file=${file%/cmdline}
            printf '%s\n' "${file##*/}"
        fi
    done
}

no_servers() {
    [[ -z $(servers) ]]
}

one_server() {
    [[ $(servers | wc -l) == 1 ]]
}

# proxy_pid: from the pid file of the proxy alone.
proxy_pid() {
    head -n 1 "$DATA/push-http.pid"
}

# server_pid: from the pid file.
server_pid() {
    head -n 1 "$DATA/push-server.pid"
}

# alive PID: and not a zombie that nobody has reaped yet.
alive() {
    grep -qs '^State:[[:space:]][^ZX]' "/proc/$1/status"
}

# has_child PID NAME: a direct child runs that program.
has_child() {
    local child
    local -a children=()
    { read -r -a children <"/proc/$1/task/$1/children"; } 2>/dev/null || [[ -n ${children[*]} ]] || return 1
    for child in "${children[@]}"; do
        if grep -qsx -- "$2" "/proc/$child/comm"; then
            return 0
        fi
    done
    return 1
}

# mode_is MODE FILE
mode_is() {
    [[ $(stat -c %a -- "$2") == "$1" ]]
}

log_has() {
    grep -qF -- "$1" "$DATA/push-server.log"
}
