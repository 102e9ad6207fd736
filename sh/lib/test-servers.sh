# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# A Redis and a MariaDB for the tests: on free ports of loopback, in a directory of their own, ended by
# test_servers_stop. They set PUSH_TEST_REDIS_URL and PUSH_TEST_MARIADB_URL.

TEST_SERVER_PIDS=()

# free_port: a port that nobody listens on now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_until SECONDS COMMAND...: until it succeeds.
wait_until() {
    local deadline=$(($(now_cs) + 100 * $1))
    shift
    until "$@" >/dev/null 2>&1; do
        (($(now_cs) < deadline)) || return 1
        sleep 0.1
    done
}

# test_redis_start DIRECTORY
test_redis_start() {
    local port
    port=$(free_port)
    mkdir -p "$1/redis"
    redis-server --bind 127.0.0.1 --port "$port" --dir "$1/redis" --save '' --appendonly no \
        >"$1/redis.log" 2>&1 </dev/null &
    TEST_SERVER_PIDS+=($!)
    wait_until 20 redis-cli -p "$port" ping || return 1
    export PUSH_TEST_REDIS_URL="redis://127.0.0.1:$port/0"
}

# test_mariadb_start DIRECTORY: a temporary directory of its own too, since a starting server clears what it finds there.
test_mariadb_start() {
    local port data=$1/mariadb temporary=$1/mariadb-tmp
    port=$(free_port)
    mkdir -p "$data" "$temporary"
    local -a options=(--no-defaults "--datadir=$data" "--tmpdir=$temporary")
    (($(id -u) != 0)) || options+=(--user=root)
    mariadb-install-db "${options[@]}" --skip-test-db --auth-root-authentication-method=normal \
        >"$1/mariadb-install.log" 2>&1 </dev/null || return 1
    mariadbd "${options[@]}" --bind-address=127.0.0.1 "--port=$port" "--socket=$1/mariadb.sock" \
        --innodb-flush-log-at-trx-commit=1 >"$1/mariadb.log" 2>&1 </dev/null &
    TEST_SERVER_PIDS+=($!)
    wait_until 60 mariadb --no-defaults --socket="$1/mariadb.sock" -uroot -e 'SELECT 1' || return 1
    mariadb --no-defaults --socket="$1/mariadb.sock" -uroot -e "
        CREATE DATABASE push; CREATE USER push@'127.0.0.1' IDENTIFIED BY 'p4ss-of-the-tests';
        GRANT ALL ON *.* TO push@'127.0.0.1' WITH GRANT OPTION;" || return 1
    export PUSH_TEST_MARIADB_URL="mysql://push:p4ss-of-the-tests@127.0.0.1:$port/push"
}

# test_servers_stop: ends what was started here, and nothing else.
test_servers_stop() {
    ((${#TEST_SERVER_PIDS[@]} > 0)) || return 0
    kill "${TEST_SERVER_PIDS[@]}" 2>/dev/null || true
    wait "${TEST_SERVER_PIDS[@]}" 2>/dev/null || true
    TEST_SERVER_PIDS=()
}
