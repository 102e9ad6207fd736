# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Starts the server of this instance and follows it until it is ready.

# Exits when it runs already, when it cannot start, and when it ends or never answers.
launch() {
    local bound host port
    bound=$(instance_ask "$SERVICE_SECTION.host") && port=$(instance_ask "$SERVICE_SECTION.port") ||
        exit "$EXIT_NOT_CONFIGURED"
    host=$(reachable_host "$bound")
    [[ $port =~ ^[1-9][0-9]*$ ]] || die "$EXIT_NOT_CONFIGURED" "$SERVICE_SECTION.port has to be a fixed port, not '$port'"

    umask 077
    mkdir -p -- "$DATA" || die "$EXIT_NO_PERMISSION" "cannot create the data directory: $DATA"
    instance_lock
    if instance_has_pidfile; then
        if instance_says_running; then
            exit 0
        fi
        say "removing a stale pid file: $PIDFILE"
        rm -f -- "$PIDFILE"
    fi
    # The health that is asked below has to be that of our server.
    ! port_taken "$host" "$port" || launch_port_taken "$host" "$port"

    if [[ -n $FOREGROUND ]]; then
        pidfile_write "$PIDFILE" $$ "$host" "$port"
        instance_unlock
        exec "$BINARY" "$SERVICE_COMMAND" --config "$CONFIG"
    fi
    launch_in_background "$host" "$port"
    launch_show_addresses
    launch_show_first_steps
}

# launch_port_taken HOST PORT: says who has it. A server has the port of the proxy as its own, and does all that the proxy
# would do: then nothing is missing.
launch_port_taken() {
    local address
    address=$(url_host "$1"):$2
    if [[ $SERVICE_COMMAND == http ]] && http_get "$1" "$2" /health/live && [[ $HTTP_BODY == '{"status":"ok"}' ]]; then
        say "the server on this machine answers on $address already; $SERVICE is not started"
        exit 0
    fi
    die "$EXIT_FAILED" "something else already listens on $address ($SERVICE_SECTION.port)"
}

# launch_in_background HOST PORT
launch_in_background() {
    local host=$1 port=$2 pid logged begun deadline
    { : >>"$LOGFILE"; } 2>/dev/null || die "$EXIT_NO_PERMISSION" "cannot write the log: $LOGFILE"
    chmod 600 -- "$LOGFILE"
    logged=$(stat -c %s -- "$LOGFILE")
    begun=$(now_cs)
    launch_exec </dev/null >>"$LOGFILE" 2>&1 &
    pid=$!
    pidfile_write "$PIDFILE" "$pid" "$host" "$port"
    instance_unlock

    deadline=$((begun + ${TIMEOUT:-60} * 100))
    until http_get "$host" "$port" /health/ready && [[ $HTTP_STATUS == 200 ]] && process_alive "$pid"; do
        process_alive "$pid" || launch_ended "$pid" "$logged"
        if (($(now_cs) >= deadline)); then
            launch_unready "$host" "$port" "$pid" "$logged"
            return 0
        fi
        sleep 0.1
    done
    say "$SERVICE started (pid $pid, ready after $(seconds_since "$begun") s)"
}

# Becomes the server: in a session of its own, with none of the caller's descriptors (the lock is one of them, the
# pipe of a build system may be another).
launch_exec() {
    local descriptor
    for descriptor in "/proc/$BASHPID/fd/"*; do
        descriptor=${descriptor##*/}
        if ((descriptor > 2)); then
            exec {descriptor}>&-
        fi
    done
    exec setsid "$BINARY" "$SERVICE_COMMAND" --config "$CONFIG"
}

# launch_ended PID LOGGED: the server ended before it was ready.
launch_ended() {
    local status=0 how
    wait "$1" 2>/dev/null || status=$?
    how="exit code $status"
    ((status <= 128)) || how="signal $(kill -l "$status")"
    pidfile_remove "$PIDFILE" "$1"
    warn "$SERVICE ended before it was ready ($how)"
    launch_show_log "$2"
    exit "$EXIT_FAILED"
}

# launch_unready HOST PORT PID LOGGED: a server that answers is kept, because it serves and goes on trying to reach its
# stores; one that does not answer is ended.
launch_unready() {
    if http_get "$1" "$2" /health/live && [[ $HTTP_STATUS == 200 ]]; then
        say "$SERVICE started (pid $3), but it is not ready yet"
        warn "not ready after ${TIMEOUT:-60} s; the server goes on trying"
        health_read "$1" "$2"
        health_show >&2
        return 0
    fi
    kill -TERM "$3" 2>/dev/null || true
    process_wait "$3" 5 || kill -KILL "$3" 2>/dev/null || true
    wait "$3" 2>/dev/null || true
    pidfile_remove "$PIDFILE" "$3"
    warn "$SERVICE did not answer on $(url_host "$1"):$2 within ${TIMEOUT:-60} s and was ended (pid $3)"
    launch_show_log "$4"
    exit "$EXIT_FAILED"
}

# launch_show_log LOGGED: the last lines this start has added to the log.
launch_show_log() {
    warn "the log ends with (all of it: $LOGFILE)"
    tail -c +$(($1 + 1)) -- "$LOGFILE" | tail -n 20 | sed 's/^/  /' >&2
}

launch_show_addresses() {
    local address s=''
    [[ $(instance_ask tls.certificate 2>/dev/null || true) =~ ^(\(none\))?$ ]] || s=s
    if [[ $SERVICE_COMMAND == http ]]; then
        address=$(launch_address http) && say "  HTTP       http$s://$address/chat/"
        say "  log        $LOGFILE"
        return 0
    fi
    address=$(launch_address websocket) && say "  page       http$s://$address/" && say "  WebSocket  ws$s://$address/"
    address=$(launch_address udp) && say "  UDP        $address"
    address=$(launch_address http) && say "  HTTP       http$s://$address/"
    say "  log        $LOGFILE"
}

# launch_address SECTION: where it is reached from this machine; fails when it is not served.
launch_address() {
    local host port
    host=$(instance_ask "$1.host" 2>/dev/null) && port=$(instance_ask "$1.port" 2>/dev/null) || return 1
    [[ $port =~ ^[1-9][0-9]*$ ]] || return 1
    printf '%s:%s\n' "$(url_host "$(reachable_host "$host")")" "$port"
}

# Where the generated secrets are, the generated app, and a link for each demo user: for the terminal only, never for the log.
launch_show_first_steps() {
    [[ $SERVICE_COMMAND == serve ]] || return 0
    timeout 15 "$BINARY" first-steps --config "$CONFIG" </dev/null || warn "push-server first-steps failed"
}
