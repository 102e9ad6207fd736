# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Pid files that do not tell the truth.

pidfile_cases() {
    pidfile_of_another
    pidfile_of_a_zombie
}

pidfile_of_another() {
    local pid foreign
    fresh_instance
    run start
    pid=$(server_pid)
    kill -KILL "$pid"
    eventually 5 no_servers
    run status
    check "status of a server that was killed exits 1" \
        answered 1 "dead, but its pid file is there: $DATA/push-server.pid"
    run reload
    check "reload exits 7" answered 7 "not running"
    run stop
    check "stop removes the stale pid file and exits 0" answered 0 "its stale pid file is removed"
    run status
    check "then status exits 3" answered 3 "not running"

    run start
    pid=$(server_pid)
    kill -KILL "$pid"
    eventually 5 no_servers
    run start
    check "start removes a stale pid file and starts" answered 0 "removing a stale pid file" "push-server started"

    sleep 300 &
    foreign=$!
    pid=$(server_pid)
    sed -i "1s/.*/$foreign/" "$DATA/push-server.pid"
    run status
    check "a pid that another process has now is stale" answered 1 "dead, but its pid file is there"
    run stop
    check "stop does not take it for the server" answered 0 "its stale pid file is removed"
    check "and leaves it alone" alive "$foreign"
    printf '%s\n' "$foreign" >"$DATA/push-server.pid"
    run status
    check "also when the file has nothing but that pid" answered 1 "dead, but its pid file is there"
    printf '%s\n' "$pid" >"$DATA/push-server.pid"
    run status
    check "nothing but the pid of the server is enough, if somebody else wrote the file" answered 0 "running (pid $pid"
    kill "$foreign" 2>/dev/null || true
    wait "$foreign" 2>/dev/null || true

    cat "$STUB" >"$WORK/stub binary/new"
    chmod 755 "$WORK/stub binary/new"
    mv -f "$WORK/stub binary/new" "$STUB"
    run stop
    check "a server whose binary was replaced is still the server" answered 0 "push-server stopped (pid $pid"

    for foreign in '' garbage -1 0 99999999999 '1 2'; do
        printf '%s' "$foreign" >"$DATA/push-server.pid"
        run status
        check "a pid file with «$foreign» is stale" answered 1 "dead, but its pid file is there"
    done
    run start
    check "and no obstacle" answered 0 "push-server started"
}

# As in a container whose first process does not reap.
pidfile_of_a_zombie() {
    local parent pid
    fresh_instance
    python3 -c 'import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(300)' \
        "$PROJECT/sh/websocket" start --foreground >"$WORK/unreaped" 2>&1 </dev/null &
    parent=$!
    check "a server has a parent that does not care" eventually 10 grep -q "serving in" "$WORK/unreaped"
    pid=$(server_pid)
    run stop
    check "stop sees that it has ended" answered 0 "push-server stopped (pid $pid"
    check "although nobody has reaped it" test -e "/proc/$pid"
    kill "$parent"
    wait "$parent" 2>/dev/null || true
}
