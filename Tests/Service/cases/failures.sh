# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# A server that fails: at the start, in getting ready, in stopping.

failures_cases() {
    failures_at_start
    failures_in_getting_ready
    failures_in_stopping
    failures_of_permission
}

failures_at_start() {
    local other
    fresh_instance
    STUB_MODE=crash run start
    check "a server that ends at the start is an error with its exit code" \
        answered 1 "push-server ended before it was ready (exit code 3)"
    check "and the last lines of the log" answered 1 "cannot go on: the reason"
    check "no pid file is left" test ! -e "$DATA/push-server.pid"
    STUB_MODE=killed run start
    check "a server that is killed at the start is an error with the signal" answered 1 "signal KILL"
    check "the log of an earlier start is not shown again" not answered 1 "cannot go on"
    run status
    check "status afterwards exits 3" answered 3 "not running"

    cp "$STUB" "$WORK/bad binary"
    sed -i '1s/.*/#!\/nonexistent\/interpreter/' "$WORK/bad binary"
    PUSH_BINARY="$WORK/bad binary" run start
    check "a binary that cannot run is an error" answered 6 "configuration is not valid"

    fresh_instance
    run start
    other="$WORK/other data"
    run start --data "$other"
    check "a second instance on the same port is an error that names it" \
        answered 1 "something else already listens on 127.0.0.1:$PUSH_WEBSOCKET_PORT (websocket.port)"
    check "it starts nothing" one_server
    PUSH_WEBSOCKET_PORT=0 run start --data "$other"
    check "a port of the system's choice is an error" answered 6 "has to be a fixed port"
}

failures_in_getting_ready() {
    local starter
    fresh_instance
    STUB_MODE=unready run start --timeout 5
    check "a server that lives but is never ready is started, with a warning" \
        answered 0 "but it is not ready yet" "not ready after 5 s"
    check "and what /health/ready says" answered 0 '/health/ready: {"status":"unavailable","mariadb":"connecting"}'
    run status
    check "status says it is not ready, and why" answered 0 "not ready)" '"mariadb":"connecting"'

    fresh_instance
    STUB_MODE=late timeout 120 "$PROJECT/sh/websocket" start >"$WORK/late" 2>&1 </dev/null &
    starter=$!
    check "a server may take its time to be ready" eventually 10 test -e "$DATA/push-server.pid"
    check "start waits meanwhile" alive "$starter"
    check "and has said nothing of started" not grep -q started "$WORK/late"
    touch "$STUB_GATE"
    CODE=0
    wait "$starter" || CODE=$?
    OUT=$(<"$WORK/late")
    check "until it is ready" answered 0 "push-server started (pid $(server_pid), ready after"

    fresh_instance
    STUB_MODE=mute run start --timeout 1
    check "a server that never answers is an error" \
        answered 1 "did not answer on 127.0.0.1:$PUSH_WEBSOCKET_PORT within 1 s"
    check "and is ended" no_servers
    check "with its pid file" test ! -e "$DATA/push-server.pid"
}

failures_in_stopping() {
    local pid
    fresh_instance
    STUB_MODE=deaf run start
    pid=$(server_pid)
    run stop --timeout 1
    check "a server that ignores SIGTERM is an error after the timeout" \
        answered 1 "push-server (pid $pid) did not stop within 1 s; --force kills it"
    check "it is not killed" alive "$pid"
    check "its pid file stays" test "$(server_pid)" == "$pid"
    run restart --timeout 1
    check "restart does not start a second one" answered 1 "did not stop within 1 s"
    check "there is one server" one_server
    run stop --timeout 1 --force
    check "--force kills it and says so" answered 0 "did not stop within 1 s and was killed"
    check "it is gone" eventually 5 no_servers
    check "its pid file is gone" test ! -e "$DATA/push-server.pid"

    STUB_MODE=no-reload run start
    pid=$(server_pid)
    run reload
    check "a server that SIGHUP would end is not sent it" answered 3 "cannot reload"
    check "it lives" alive "$pid"
}

# Only root can become somebody else.
failures_of_permission() {
    (($(id -u) == 0)) || return 0
    fresh_instance
    run start
    CODE=0
    OUT=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$PROJECT/sh/websocket" status 2>&1 </dev/null) || CODE=$?
    check "status of somebody else's server exits 4" answered 4 "no permission to look into $DATA"
    CODE=0
    OUT=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$PROJECT/sh/websocket" stop 2>&1 </dev/null) || CODE=$?
    check "stop of somebody else's server exits 4" answered 4 "no permission"
    chmod 755 "$DATA"
    chmod 644 "$DATA/push-server.pid"
    CODE=0
    OUT=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$PROJECT/sh/websocket" stop 2>&1 </dev/null) || CODE=$?
    check "also when its pid file may be read" answered 4 "no permission to stop pid $(server_pid)"
    check "it lives" one_server
}
