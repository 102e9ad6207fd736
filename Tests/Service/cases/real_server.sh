# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# The same promises, as far as they can be seen on a real server with its embedded default.

real_server_cases() {
    local pid token secret
    fresh_instance
    export PUSH_BINARY=$REAL_BINARY
    cp -r "$REPOSITORY/config" "$PROJECT/"

    run status
    check "status of a server that never ran exits 3" answered 3 "push-server is not running"
    run start
    check "start waits until the server is ready" answered 0 "push-server started (pid" "ready after"
    [[ $CODE == 0 ]] || return 0
    pid=$(server_pid)
    check "it prints the addresses" answered 0 "http://127.0.0.1:$PUSH_WEBSOCKET_PORT/" \
        "127.0.0.1:$PUSH_UDP_PORT" "http://127.0.0.1:$PUSH_HTTP_PORT/"
    token=$(grep -oE 'access_token=[^&[:space:]]+' <<<"$OUT" | head -n 1) || token=''
    check "it prints a link with a token for each of two demo users" \
        test "$(grep -cE '#.*access_token=' <<<"$OUT")" -ge 2
    secret=$(sed -nE 's/^ *secret: "(.*)"$/\1/p' "$DATA/apps.yaml")
    check "it prints the id and the key of the app that it generated" answered 0 \
        "app $(sed -nE 's/^- id: "(.*)"$/\1/p' "$DATA/apps.yaml"): key $(sed -nE 's/^ *key: "(.*)"$/\1/p' "$DATA/apps.yaml")"
    check "but not its secret" not grep -qF -- "${secret:-app}" <<<"$OUT"
    check "no token is in the log" not log_has "${token:-access_token=}"
    check "no token is in the arguments of the server" not grep -aqF -- "${token:-access_token=}" "/proc/$pid/cmdline"
    check "the data directory is its user's alone" mode_is 700 "$DATA"
    check "so is everything in it" test -z "$(find "$DATA" -perm /077)"
    run start
    check "a second start says it runs already and exits 0" answered 0 "push-server is already running (pid $pid)"
    check "there is one server" one_server
    run status
    check "status says it is ready" answered 0 "running (pid $pid, up " " ready)"
    run logs
    check "logs prints the log" test "$CODE" == 0 -a -n "$OUT"
    run reload
    check "reload exits 0, and says what came of it" answered 0 "pid $pid" "configuration reloaded"
    printf -- '- {id: 1}\n' >>"$DATA/apps.yaml"
    run reload
    check "reload with a wrong app exits 6, and names its line" answered 6 "/apps.yaml:" "secret: is missing"
    sed -i '$d' "$DATA/apps.yaml"
    run status
    check "and the server is there and ready" answered 0 "running (pid $pid, up " " ready)"

    printf 'websocket.prot: 1\n' >>"$PROJECT/config/push-server.yaml"
    run restart
    check "restart with an invalid configuration exits 6" answered 6 "the configuration is not valid"
    check "and leaves the server running" alive "$pid"
    cp "$REPOSITORY/config/push-server.yaml" "$PROJECT/config/"

    run restart
    check "restart stops and starts" answered 0 "push-server stopped (pid $pid" "push-server started (pid $(server_pid)"
    check "it is another process" test "$(server_pid)" != "$pid"
    check "the first one has ended" not alive "$pid"
    run stop
    check "stop ends it" answered 0 "push-server stopped (pid"
    check "no process is left" no_servers
    check "no pid file is left" test ! -e "$DATA/push-server.pid"
    run stop
    check "a second stop says it does not run and exits 0" answered 0 "push-server is not running"

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=push.example.com \
        -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
    export PUSH_TLS_CERTIFICATE=$WORK/certificate.pem PUSH_TLS_KEY=$WORK/key.pem
    run start
    check "start finds a server ready that speaks TLS" answered 0 "push-server started (pid" "ready after" \
        "https://127.0.0.1:$PUSH_WEBSOCKET_PORT/" "wss://127.0.0.1:$PUSH_WEBSOCKET_PORT/"
    check "and its links are https" answered 0 "https://localhost:$PUSH_WEBSOCKET_PORT/#"
    run status
    check "status says it is ready" answered 0 "running (pid $(server_pid), up " " ready)"
    run reload
    check "reload exits 0" answered 0 "pid $(server_pid)"
    : >"$WORK/key.pem"
    run reload
    check "reload with a key that is none exits 6" answered 6 "tls.key: $WORK/key.pem"
    run stop
    check "stop ends it" answered 0 "push-server stopped (pid"
    unset PUSH_TLS_CERTIFICATE PUSH_TLS_KEY

    "$PROJECT/sh/websocket" start --foreground >"$WORK/foreground" 2>&1 </dev/null &
    pid=$!
    check "start --foreground becomes the server" eventually 60 lifecycle_is_ready
    run stop
    check "stop ends it" answered 0 "push-server stopped (pid $pid"
    CODE=0
    wait "$pid" || CODE=$?
    check "and its exit code is 0" test "$CODE" == 0
}
