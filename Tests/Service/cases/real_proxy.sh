# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# sh/http with a real server on the same machine, the embedded default of both.

real_proxy_cases() {
    local key port server
    fresh_instance
    export PUSH_BINARY=$REAL_BINARY
    cp -r "$REPOSITORY/config" "$PROJECT/"
    run start
    check "a server starts" answered 0 "push-server started"
    [[ $CODE == 0 ]] || return 0
    server=$(server_pid)
    run_http start
    check "where it answers there is nothing to start" answered 0 "the server on this machine answers on"

    port=$(free_ports 1)
    export PUSH_HTTP_PORT=$port
    run_http start
    check "on a port of its own the proxy starts, and finds the server without being told" \
        answered 0 "push-http started (pid" "http://127.0.0.1:$port/chat/"
    key=$(sed -nE '/serverKeys/,$ s/^ *- "(.*)"$/\1/p' "$DATA/secrets.yaml")
    real_proxy_send "$key"
    check "a call is carried out by the server" answered 0 '"code":200' '"to_uid":"alice"'
    check "no key is in its log" not grep -qF -- "$key" "$DATA/push-http.log"
    check "the data directory is its user's alone" test -z "$(find "$DATA" -perm /077)"

    kill -KILL "$server"
    check "without the server it is not ready" eventually 20 real_proxy_is_unready
    real_proxy_send "$key"
    check "and says so to a call" answered 0 '"code":503'
    unset PUSH_HTTP_PORT
    PUSH_HTTP_PORT=$(free_ports 1) run start
    check "the server starts again" answered 0 "push-server started"
    export PUSH_HTTP_PORT=$port
    check "the proxy finds it" eventually 20 not real_proxy_is_unready
    real_proxy_send "$key"
    check "and calls go on" answered 0 '"code":200'
    run_http stop
    check "stop ends it" answered 0 "push-http stopped (pid"
}

# real_proxy_send KEY: a call through the proxy; sets CODE and OUT.
real_proxy_send() {
    CODE=0
    OUT=$(curl --silent --noproxy '*' --max-time 20 -H "Authorization: Bearer $1" \
        "http://127.0.0.1:$PUSH_HTTP_PORT/chat/send?to_uid=alice&content=hello") || CODE=$?
}

real_proxy_is_unready() {
    run_http status
    [[ $OUT == *"not ready)"* ]]
}
