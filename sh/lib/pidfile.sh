# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# The pid file, and the question whether the process it names is still the server it was written for.
#
# Its first line is the pid, as every tool expects. The lines after it are for these scripts: the identity of the
# process, and the host and port at which its health is asked. A recycled pid has another identity and counts as stale.

# shellcheck disable=SC2034  # read by the scripts that source this file
# Set by pidfile_read.
PID='' PID_IDENTITY='' PID_HOST='' PID_PORT=''

# pidfile_read FILE: fills the variables; fails when there is no pid in it.
pidfile_read() {
    local -a lines=()
    PID='' PID_IDENTITY='' PID_HOST='' PID_PORT=''
    { mapfile -t lines <"$1"; } 2>/dev/null || return 1
    [[ ${lines[0]:-} =~ ^[1-9][0-9]{0,9}$ ]] || return 1
    PID=${lines[0]} PID_IDENTITY=${lines[1]:-}
    # shellcheck disable=SC2034
    PID_HOST=${lines[2]:-} PID_PORT=${lines[3]:-}
}

# pidfile_write FILE PID HOST PORT: atomic, so that a reader never sees half of it.
pidfile_write() {
    local identity
    identity=$(process_identity "$2") || identity=gone
    printf '%s\n' "$2" "$identity" "$3" "$4" >"$1.new"
    mv -f -- "$1.new" "$1"
}

# pidfile_remove FILE PID: only while it still names that process; a newer server's file is left alone.
pidfile_remove() {
    local -a lines=()
    { mapfile -t lines <"$1"; } 2>/dev/null || return 0
    [[ ${lines[0]:-} != "$2" ]] || rm -f -- "$1"
}

# pidfile_alive FILE NAME: reads the pid file and says whether its server lives. A file with nothing but a pid, which
# somebody else wrote, counts when the process runs a program of that name.
pidfile_alive() {
    pidfile_read "$1" || return 1
    process_alive "$PID" || return 1
    if [[ -n $PID_IDENTITY ]]; then
        [[ $PID_IDENTITY == "$(process_identity "$PID")" ]]
    else
        process_runs "$PID" "$2"
    fi
}
