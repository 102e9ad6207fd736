# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# A server that behaves: start, status, reload, logs, restart, stop.

lifecycle_cases() {
    lifecycle_plain
    lifecycle_secrets
    lifecycle_logs
    lifecycle_foreground
    lifecycle_concurrent
    lifecycle_start_while_stopping
    lifecycle_addresses
}

lifecycle_plain() {
    local pid
    fresh_instance
    run status
    check "status of a server that never ran exits 3" answered 3 "push-server is not running"
    run stop
    check "stop of a server that does not run says so and exits 0" answered 0 "push-server is not running"
    run reload
    check "reload of a server that does not run exits 7" answered 7 "push-server is not running"
    run logs
    check "logs without a log exits 1" answered 1 "there is no log yet"

    run start 7>"$WORK/held by the caller"
    pid=$(server_pid)
    check "start waits until the server is ready and says so" answered 0 "push-server started (pid $pid, ready after"
    check "it prints the addresses" answered 0 "http://127.0.0.1:$PUSH_WEBSOCKET_PORT/" \
        "ws://127.0.0.1:$PUSH_WEBSOCKET_PORT/" "127.0.0.1:$PUSH_UDP_PORT" "http://127.0.0.1:$PUSH_HTTP_PORT/"
    check "it prints the first steps" answered 0 "demo user"
    check "the pid file names the server" alive "$pid"
    check "the server has a session of its own" test "$(ps -o sid= -p "$pid" | tr -d ' ')" == "$pid"
    check "the server holds none of its caller's descriptors, and no lock" not lifecycle_holds_foreign_files "$pid"
    check "the server reads from nowhere" test "$(readlink "/proc/$pid/fd/0")" == /dev/null
    run start
    check "a second start says it runs already and exits 0" answered 0 "push-server is already running (pid $pid)"
    check "there is still one server" one_server
    run status
    check "status says pid, uptime and ready, and exits 0" answered 0 "running (pid $pid, up " " s, ready)"
    run reload
    check "reload exits 0, and says what came of it" answered 0 "pid $pid" "configuration reloaded"
    check "the server got SIGHUP and lives" eventually 5 log_has reloaded
    run restart
    check "restart stops and starts" answered 0 "push-server stopped (pid $pid" "push-server started (pid $(server_pid)"
    check "it is another process" test "$(server_pid)" != "$pid"
    check "the first one has ended" not alive "$pid"

    printf 'broken: yes\n' >>"$PROJECT/config/push-server.yaml"
    pid=$(server_pid)
    run restart
    check "restart with an invalid configuration exits 6" answered 6 "unknown key broken"
    check "and leaves the server running" alive "$pid"
    run reload
    check "reload with an invalid configuration exits 6" answered 6 "keeps the configuration it has"
    run start
    check "start with an invalid configuration still finds the running server" answered 0 "already running (pid $pid)"

    run stop
    check "stop ends it, invalid configuration or not" answered 0 "push-server stopped (pid $pid"
    check "the server drained" log_has drained
    check "nothing but the log is left" test "$(ls -A "$DATA")" == push-server.log
    check "no process is left" no_servers
    run stop
    check "a second stop says it does not run and exits 0" answered 0 "push-server is not running"
    run status
    check "status after stop exits 3" answered 3 "push-server is not running"
    printf '# valid again\n' >"$PROJECT/config/push-server.yaml"
    run restart
    check "restart starts a server that did not run" answered 0 "push-server is not running" "push-server started"
}

# lifecycle_holds_foreign_files PID
lifecycle_holds_foreign_files() {
    local descriptor file
    for descriptor in "/proc/$1/fd/"*; do
        file=$(readlink "$descriptor") || continue
        [[ $file != "$DATA" && $file != "$WORK/held by the caller" ]] || return 0
    done
    return 1
}

lifecycle_secrets() {
    local pid
    fresh_instance
    umask 022
    PUSH_HTTP_SERVERKEYS=a-secret-of-the-environment run start
    pid=$(server_pid)
    check "the data directory it makes is its user's alone" mode_is 700 "$DATA"
    check "so is the log" mode_is 600 "$DATA/push-server.log"
    check "so is the pid file" mode_is 600 "$DATA/push-server.pid"
    check "the links are printed" answered 0 stub-secret-token
    check "and stand in no log" not log_has stub-secret-token
    check "no secret is in the arguments of the server" not grep -aq secret "/proc/$pid/cmdline"
}

lifecycle_logs() {
    local follower number
    fresh_instance
    run start
    for number in {1..60}; do
        printf 'line %d\n' "$number" >>"$DATA/push-server.log"
    done
    run logs
    check "logs prints the last 50 lines" test "$(head -n 1 <<<"$OUT") $(wc -l <<<"$OUT")" == "line 11 50"
    run logs -n 2
    check "logs -n prints so many" test "$OUT" == $'line 59\nline 60'
    timeout 60 "$PROJECT/sh/websocket" logs -f -n 1 >"$WORK/followed" 2>&1 </dev/null &
    follower=$!
    check "logs -f prints the end" eventually 10 grep -qx 'line 60' "$WORK/followed"
    printf 'a later line\n' >>"$DATA/push-server.log"
    check "and what comes later" eventually 10 grep -qx 'a later line' "$WORK/followed"
    kill "$follower"
    wait "$follower" 2>/dev/null || true
}

lifecycle_foreground() {
    local runner
    fresh_instance
    "$PROJECT/sh/websocket" start --foreground >"$WORK/foreground" 2>&1 </dev/null &
    runner=$!
    check "start --foreground becomes the server" eventually 10 grep -q "serving in" "$WORK/foreground"
    check "its pid file names it" test "$(server_pid)" == "$runner"
    eventually 10 lifecycle_is_ready || true
    run status
    check "status sees it" answered 0 "running (pid $runner" "ready)"
    run start
    check "start sees it" answered 0 "already running (pid $runner)"
    run stop
    check "stop ends it" answered 0 "push-server stopped (pid $runner"
    CODE=0
    wait "$runner" || CODE=$?
    check "and its exit code is the server's" test "$CODE" == 0
}

lifecycle_is_ready() {
    run status
    [[ $OUT == *"ready)"* && $OUT != *"not ready)"* ]]
}

lifecycle_concurrent() {
    local number
    local -a starters=()
    fresh_instance
    for number in {1..8}; do
        timeout 120 "$PROJECT/sh/websocket" start >"$WORK/start $number" 2>&1 </dev/null &
        starters+=($!)
    done
    CODE=0
    for number in "${starters[@]}"; do
        wait "$number" || CODE=$?
    done
    OUT=$(cat "$WORK/start "*)
    check "of eight starts at once none fails" test "$CODE" == 0
    check "one starts the server" test "$(grep -c 'push-server started' <<<"$OUT")" == 1
    check "seven find it running" test "$(grep -c "already running (pid $(server_pid))" <<<"$OUT")" == 7
    check "there is one server" one_server
}

lifecycle_start_while_stopping() {
    local pid stopper starter
    fresh_instance
    STUB_MODE=slow run start
    pid=$(server_pid)
    timeout 120 "$PROJECT/sh/websocket" stop >"$WORK/stopped" 2>&1 </dev/null &
    stopper=$!
    check "a server takes its time to drain" eventually 10 log_has draining
    "$PROJECT/sh/websocket" start >"$WORK/started" 2>&1 </dev/null &
    starter=$!
    check "a start meanwhile waits for the stop" eventually 10 has_child "$starter" flock
    touch "$STUB_GATE"
    CODE=0
    wait "$stopper" || CODE=$?
    OUT=$(<"$WORK/stopped")
    check "the stop ends" answered 0 "push-server stopped (pid $pid"
    CODE=0
    wait "$starter" || CODE=$?
    OUT=$(<"$WORK/started")
    check "then the start starts" answered 0 "push-server started (pid $(server_pid)"
    check "there is one server" one_server
}

lifecycle_addresses() {
    local bound shown
    for bound in 0.0.0.0 localhost ::1 ::; do
        case $bound in
            ::*) shown="[::1]" ;;
            localhost) shown=localhost ;;
            *) shown=127.0.0.1 ;;
        esac
        fresh_instance
        PUSH_WEBSOCKET_HOST=$bound run start
        check "a server bound to $bound is reached at $shown" \
            answered 0 "push-server started" "http://$shown:$PUSH_WEBSOCKET_PORT/"
    done

    fresh_instance
    mkdir -p "$WORK/no curl"
    ln -sf /usr/bin/* /bin/* "$WORK/no curl/" 2>/dev/null || true
    rm -f "$WORK/no curl/curl"
    PATH="$WORK/no curl" run start
    check "health is asked without curl" answered 0 "push-server started"
    PATH="$WORK/no curl" run status
    check "and status too" answered 0 "ready)"
    fresh_instance
    PATH="$WORK/no curl" PUSH_WEBSOCKET_HOST=:: run start
    check "and over IPv6" answered 0 "push-server started"
    fresh_instance
    STUB_MODE=unready PATH="$WORK/no curl" run start --timeout 5
    check "and the reason why it is not ready is read" answered 0 "not ready" '"mariadb":"connecting"'
}
