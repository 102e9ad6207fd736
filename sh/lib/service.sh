# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# The commands of the service scripts. Every one ends in an exit code of the LSB.

service_start() {
    # A server that runs is left alone, whatever became of its sources and its configuration since.
    if instance_find_data && instance_has_pidfile && instance_says_running; then
        exit 0
    fi
    instance_prepare
    launch
}

service_stop() {
    instance_require_data "$EXIT_NOT_CONFIGURED"
    service_end
}

# Whatever would keep the new server from starting shows before the old one is stopped.
service_restart() {
    instance_prepare
    service_end
    launch
}

service_reload() {
    local logged outcome='' deadline
    instance_require_data "$EXIT_NOT_CONFIGURED"
    instance_alive || die "$EXIT_NOT_RUNNING" "$SERVICE is not running"
    if [[ -n $BINARY ]]; then
        instance_check_config || die "$EXIT_NOT_CONFIGURED" "$SERVICE (pid $PID) keeps the configuration it has"
    fi
    logged=$(stat -c %s -- "$LOGFILE" 2>/dev/null) || logged=0
    process_handles_hangup "$PID" || die "$EXIT_UNKNOWN_COMMAND" "this $SERVICE (pid $PID) cannot reload"
    kill -HUP "$PID" || die "$EXIT_NO_PERMISSION" "no permission to signal pid $PID"
    deadline=$(($(now_cs) + 500))
    until outcome=$(reload_outcome "$logged"); do
        if (($(now_cs) >= deadline)); then
            # In the foreground it logs elsewhere, and above the level notice it does not log this.
            say "$SERVICE (pid $PID) was asked to read its configuration again; its log says what came of it"
            return 0
        fi
        sleep 0.1
    done
    say "$SERVICE (pid $PID): $outcome"
    [[ $outcome != *'reload refused'* ]] || exit "$EXIT_NOT_CONFIGURED"
}

# reload_outcome BYTES: the line behind so many bytes of the log that says what came of a reload.
reload_outcome() {
    [[ -r $LOGFILE ]] || return 1
    tail -c "+$(($1 + 1))" -- "$LOGFILE" | grep -m 1 -E 'configuration reloaded|reload refused'
}

service_status() {
    local uptime state
    instance_require_data "$EXIT_NO_PERMISSION"
    if ! instance_alive; then
        if instance_has_pidfile; then
            say "$SERVICE is dead, but its pid file is there: $PIDFILE"
            exit 1
        fi
        say "$SERVICE is not running"
        exit 3
    fi
    uptime=$(process_uptime "$PID") || uptime='an unknown time'
    health_read "$PID_HOST" "$PID_PORT"
    case $HTTP_STATUS in
        200) state=ready ;;
        000) state='not answering' ;;
        *) state='not ready' ;;
    esac
    say "$SERVICE is running (pid $PID, up $uptime, $state)"
    [[ $HTTP_STATUS == 200 ]] || health_show
}

service_logs() {
    local -a follow=()
    instance_require_data "$EXIT_NOT_CONFIGURED"
    [[ -e $LOGFILE ]] || die "$EXIT_FAILED" "there is no log yet: $LOGFILE"
    # By name, so that following goes on after the file was rotated.
    [[ -z $FOLLOW ]] || follow=(-F)
    exec tail -n "$LINES_SHOWN" "${follow[@]}" -- "$LOGFILE"
}

# Ends the server of this instance if there is one.
service_end() {
    local begun seconds=${TIMEOUT:-30}
    if ! instance_has_pidfile; then
        say "$SERVICE is not running"
        return 0
    fi
    instance_lock
    if ! instance_alive; then
        say "$SERVICE is not running; its stale pid file is removed"
        rm -f -- "$PIDFILE"
        instance_unlock
        return 0
    fi
    begun=$(now_cs)
    kill -TERM "$PID" 2>/dev/null || ! process_alive "$PID" ||
        die "$EXIT_NO_PERMISSION" "no permission to stop pid $PID"
    if process_wait "$PID" "$seconds"; then
        say "$SERVICE stopped (pid $PID, after $(seconds_since "$begun") s)"
    else
        [[ -n $FORCE ]] ||
            die "$EXIT_FAILED" "$SERVICE (pid $PID) did not stop within $seconds s; --force kills it"
        kill -KILL "$PID" 2>/dev/null || true
        process_wait "$PID" 10 || die "$EXIT_FAILED" "$SERVICE (pid $PID) did not end even when killed"
        say "$SERVICE (pid $PID) did not stop within $seconds s and was killed"
    fi
    pidfile_remove "$PIDFILE" "$PID"
    instance_unlock
}
