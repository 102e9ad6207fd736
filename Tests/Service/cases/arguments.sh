# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Arguments, and where the script may be called from.

arguments_cases() {
    fresh_instance
    run
    check "no command prints the help and exits 2" answered 2 "no command" "usage: sh/websocket"
    run begin
    check "an unknown command prints the help and exits 3" answered 3 "unknown command: begin" "usage: sh/websocket"
    run start --fast
    check "an unknown option exits 2" answered 2 "unknown option: --fast"
    run start --timeout soon
    check "a timeout that is no number exits 2" answered 2 "--timeout needs a number"
    run start --config
    check "an option without its value exits 2" answered 2 "--config needs a value"
    run stop start
    check "two commands exit 2" answered 2 "one command at a time"
    run --help
    check "--help exits 0" answered 0 "usage: sh/websocket"
    check "arguments alone start nothing" no_servers

    PUSH_BINARY=$WORK/nowhere run start
    check "a PUSH_BINARY that is not there exits 5" answered 5 "PUSH_BINARY is not an executable file: $WORK/nowhere"
    run start --config "$WORK/nowhere.yaml"
    check "a configuration that is not there exits 6" answered 6 "no configuration that can be read: $WORK/nowhere.yaml"
    printf 'websocket.prot: 9501\n' >"$PROJECT/config/push-server.yaml"
    run start
    check "a configuration with a misspelt key exits 6 and names it" answered 6 "unknown key websocket.prot"
    check "it starts nothing" no_servers

    arguments_paths
    arguments_data_directory
}

arguments_paths() {
    fresh_instance
    ln -sfn "$PROJECT/sh/websocket" "$WORK/linked script"
    mkdir -p "$WORK/else where"
    printf '# another\n' >"$PROJECT/config/other file.yaml"
    CODE=0
    OUT=$(cd "$WORK/else where" && "$WORK/linked script" start --config "../a project/config/other file.yaml" 2>&1) ||
        CODE=$?
    check "start works through a link, from another directory, with a relative path that has blanks" \
        answered 0 "push-server started"
    check "the server runs in the project's root" log_has "serving in $PROJECT"
    run status
    check "the same server is found from elsewhere" answered 0 "push-server is running (pid $(server_pid)"
    run stop
    check "and stopped" answered 0 "push-server stopped"
}

arguments_data_directory() {
    fresh_instance
    unset PUSH_DATA_DIRECTORY
    printf 'data.directory: var/own data\nwebsocket.port: %s\n' "$PUSH_WEBSOCKET_PORT" >"$WORK/own.yaml"
    unset PUSH_WEBSOCKET_PORT
    export PUSH_CONFIG=$WORK/own.yaml
    cp "$WORK/own.yaml" "$PROJECT/config/own.yaml"
    PUSH_CONFIG=$PROJECT/config/own.yaml run start
    check "port and data directory are taken from the configuration \$PUSH_CONFIG names" \
        answered 0 "push-server started"
    check "a relative data directory lies in the project" test -s "$PROJECT/var/own data/push-server.pid"
    run status --data "$PROJECT/var/own data"
    check "--data finds the instance" answered 0 "push-server is running"
    printf 'broken: yes\n' >>"$PROJECT/config/own.yaml"
    run stop --config="$PROJECT/config/own.yaml"
    check "with a spoilt configuration stop asks for --data" answered 6 "name it with --data DIR"
    run stop --config="$PROJECT/config/own.yaml" --data="$PROJECT/var/own data"
    check "and stops with it" answered 0 "push-server stopped"
    check "nothing runs any more" no_servers
}
