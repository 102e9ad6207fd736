# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# sh/http: the same commands for the proxy alone, beside a server and in its way.

proxy_cases() {
    proxy_alone
    proxy_beside_a_server
    proxy_where_a_server_answers
    proxy_where_something_else_listens
}

proxy_alone() {
    local pid
    fresh_instance
    run_http
    check "sh/http without a command prints its own help" answered 2 "usage: sh/http" "http.nodes"
    run_http status
    check "status of a proxy that never ran exits 3" answered 3 "push-http is not running"
    run_http start
    pid=$(proxy_pid)
    check "sh/http start waits until the proxy is ready" answered 0 "push-http started (pid $pid, ready after" \
        "http://127.0.0.1:$PUSH_HTTP_PORT/chat/" "$DATA/push-http.log"
    check "it shows no links of users" not answered 0 stub-secret-token
    check "it has a log of its own" grep -q "serving in $PROJECT" "$DATA/push-http.log"
    run_http start
    check "a second start says it runs already" answered 0 "push-http is already running (pid $pid)"
    run_http status
    check "status says it is ready" answered 0 "push-http is running (pid $pid, up " " ready)"
    run status
    check "sh/websocket sees no server in it" answered 3 "push-server is not running"
    run_http restart
    check "restart stops and starts" answered 0 "push-http stopped (pid $pid" "push-http started (pid $(proxy_pid)"
    check "the first one has ended" not alive "$pid"
    run_http stop
    check "stop ends it" answered 0 "push-http stopped (pid"
    check "nothing but its log is left" test "$(ls -A "$DATA")" == push-http.log
    check "no process is left" no_servers
}

proxy_beside_a_server() {
    local server proxy other
    fresh_instance
    run start
    server=$(server_pid)
    other=$(free_ports 1)
    PUSH_HTTP_PORT=$other run_http start
    proxy=$(proxy_pid)
    check "a proxy starts on a port of its own beside a server" answered 0 "push-http started (pid $proxy"
    run_http stop
    check "it is stopped alone" answered 0 "push-http stopped (pid $proxy"
    check "the server runs on" alive "$server"
    PUSH_HTTP_PORT=$other run_http start
    proxy=$(proxy_pid)
    run stop
    check "the server is stopped alone" answered 0 "push-server stopped (pid $server"
    check "the proxy runs on" alive "$proxy"
}

proxy_where_a_server_answers() {
    local server
    fresh_instance
    run start
    server=$(server_pid)
    run_http start
    check "where a server answers there is nothing to start, and that is said" \
        answered 0 "the server on this machine answers on 127.0.0.1:$PUSH_HTTP_PORT already"
    check "no pid file is written" test ! -e "$DATA/push-http.pid"
    check "the server runs on" alive "$server"
    check "it is the only one" one_server
    run_http status
    check "the proxy does not run" answered 3 "push-http is not running"
}

proxy_where_something_else_listens() {
    local listener
    fresh_instance
    python3 -c 'import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(300)' "$PUSH_HTTP_PORT" &
    listener=$!
    eventually 10 port_listens "$PUSH_HTTP_PORT" || true
    run_http start
    check "where something else listens the start fails and names the port" \
        answered 1 "something else already listens on 127.0.0.1:$PUSH_HTTP_PORT (http.port)"
    check "nothing is left behind" test ! -e "$DATA/push-http.pid"
    kill "$listener"
    wait "$listener" 2>/dev/null || true
}

# port_listens PORT
port_listens() {
    python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1" 2>/dev/null
}
