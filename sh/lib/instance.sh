# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# One server's binary, configuration and data directory. Reads ROOT, CONFIG, DATA_OPTION, BINARY_OPTION and TIMEOUT.
#
# Between looking at the pid file and changing it the data directory itself is locked, so no lock file is left behind.

BINARY='' DATA='' PIDFILE='' LOGFILE='' LOCK=''

# instance_ask KEY: one effective value of the configuration, as the server itself reads it.
instance_ask() {
    timeout 30 "$BINARY" check-config --config "$CONFIG" --print "$1" </dev/null
}

# Prints what is wrong with the configuration, and nothing when all is well.
instance_check_config() {
    local report
    if [[ ! -r $CONFIG ]]; then
        warn "there is no configuration that can be read: $CONFIG"
        return 1
    fi
    if ! report=$(timeout 30 "$BINARY" check-config --config "$CONFIG" 2>&1 </dev/null); then
        warn "the configuration is not valid: $CONFIG"
        printf '%s\n' "$report" >&2
        return 1
    fi
}

# instance_use_data DIR: sets DATA and the paths in it. A relative one is relative to where the server runs.
instance_use_data() {
    DATA=$(absolute_path "$ROOT" "$1")
    PIDFILE=$DATA/$SERVICE.pid
    # shellcheck disable=SC2034  # read by launch.sh and service.sh
    LOGFILE=$DATA/$SERVICE.log
}

# Finds DATA with whatever binary there is; without one, the server was never configured otherwise here.
instance_find_data() {
    local directory
    BINARY=$(realpath -e -- "${BINARY_OPTION:-$ROOT/.build/release/push-server}" 2>/dev/null) || BINARY=''
    [[ -f $BINARY && -x $BINARY ]] || BINARY=''
    if [[ -n $DATA_OPTION ]]; then
        directory=$DATA_OPTION
    elif [[ -z $BINARY ]]; then
        directory=$ROOT/data
    else
        directory=$(instance_ask data.directory 2>/dev/null) && [[ -n $directory ]] || return 1
    fi
    instance_use_data "$directory"
}

# instance_require_data CODE: a running server must stay in reach although its configuration was spoilt meanwhile.
instance_require_data() {
    if ! instance_find_data; then
        instance_use_data "$ROOT/data"
        instance_has_pidfile ||
            die "$1" "the configuration is not valid, so the data directory is not known; name it with --data DIR"
        warn "the configuration is not valid; assuming the data directory $DATA"
    fi
    [[ ! -d $DATA || -x $DATA ]] || die "$EXIT_NO_PERMISSION" "no permission to look into $DATA"
    [[ ! -e $PIDFILE || -r $PIDFILE ]] || die "$EXIT_NO_PERMISSION" "no permission to read $PIDFILE"
}

# Makes sure that there is a binary that can run and a configuration it accepts, and finds the data directory.
instance_prepare() {
    local directory
    if [[ -n $BINARY_OPTION ]]; then
        [[ -f $BINARY_OPTION && -x $BINARY_OPTION ]] ||
            die "$EXIT_NOT_INSTALLED" "PUSH_BINARY is not an executable file: $BINARY_OPTION"
        BINARY=$(realpath -- "$BINARY_OPTION")
    elif ! BINARY=$(binary_built) || ! binary_is_fresh "$BINARY" || ! binary_finds_libraries "$BINARY"; then
        bootstrap_packages_for_build "$NO_INSTALL" || exit
        bootstrap_swift || exit
        say "building push-server (release); the first time takes some minutes"
        BINARY=$(binary_build) || die "$EXIT_FAILED" "the build failed"
    fi
    instance_check_config || exit "$EXIT_NOT_CONFIGURED"
    directory=$(instance_ask data.directory) || exit "$EXIT_NOT_CONFIGURED"
    [[ -n $directory ]] || die "$EXIT_NOT_CONFIGURED" "the configuration names no data.directory"
    instance_use_data "$directory"
}

instance_has_pidfile() {
    [[ -e $PIDFILE ]]
}

instance_alive() {
    local name=${BINARY_OPTION:-push-server}
    pidfile_alive "$PIDFILE" "${name##*/}"
}

# A start holds the lock for an instant, a stop until the server has ended.
instance_lock() {
    exec {LOCK}<"$DATA" || die "$EXIT_NO_PERMISSION" "no permission to look into $DATA"
    flock -w $((${TIMEOUT:-60} + 10)) "$LOCK" || die "$EXIT_FAILED" "another start or stop is still at work on $DATA"
}

instance_unlock() {
    exec {LOCK}<&-
    LOCK=''
}

# Whether it runs, once whoever is stopping or starting it is done; says so.
instance_says_running() {
    local held=$LOCK result=1
    [[ -n $held ]] || instance_lock
    if instance_alive; then
        say "$SERVICE is already running (pid $PID)"
        result=0
    fi
    [[ -n $held ]] || instance_unlock
    return "$result"
}
