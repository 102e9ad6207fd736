# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Processes by their pid: whether one lives, which one it is, how long it has run.

# process_stat PID: the fields of /proc/PID/stat from the state on; fails for a process that is gone.
# The command name before them may itself hold blanks and parentheses.
process_stat() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    printf '%s\n' "${stat##*) }"
}

# process_alive PID: a zombie has ended; nobody may ever reap it in a container.
process_alive() {
    local stat
    stat=$(process_stat "$1") || return 1
    [[ $stat != [ZX]* ]]
}

# process_ticks PID: when it started, in clock ticks since boot; unchanged by exec.
process_ticks() {
    local stat
    local -a fields
    stat=$(process_stat "$1") || return 1
    read -r -a fields <<<"$stat"
    printf '%s\n' "${fields[19]}"
}

# process_identity PID: what no later process with the same pid can have.
process_identity() {
    local ticks boot
    ticks=$(process_ticks "$1") || return 1
    read -r boot </proc/sys/kernel/random/boot_id
    printf '%s/%s\n' "$boot" "$ticks"
}

# process_runs PID NAME: a program of that name, or an interpreter that was started with it.
# A binary that a new build has replaced shows as deleted and is still the same server.
process_runs() {
    local executable word
    local -a words=()
    executable=$(readlink "/proc/$1/exe" 2>/dev/null) || executable=''
    { mapfile -t -d '' words <"/proc/$1/cmdline"; } 2>/dev/null || return 1
    for word in "${executable% (deleted)}" "${words[@]:0:2}"; do
        [[ ${word##*/} != "$2" ]] || return 0
    done
    return 1
}

# process_uptime PID: for people. Fails where the clock of a container does not match that of its processes.
process_uptime() {
    local ticks seconds
    ticks=$(process_ticks "$1") || return 1
    seconds=$((($(now_cs) - ticks * 100 / $(getconf CLK_TCK)) / 100))
    ((seconds >= 0)) || return 1
    if ((seconds >= 86400)); then
        printf '%d d %d h\n' "$((seconds / 86400))" "$((seconds % 86400 / 3600))"
    elif ((seconds >= 3600)); then
        printf '%d h %d min\n' "$((seconds / 3600))" "$((seconds % 3600 / 60))"
    elif ((seconds >= 60)); then
        printf '%d min %d s\n' "$((seconds / 60))" "$((seconds % 60))"
    else
        printf '%d s\n' "$seconds"
    fi
}

# process_wait PID SECONDS: until it has ended; fails when it still lives then.
process_wait() {
    local deadline=$(($(now_cs) + $2 * 100))
    while process_alive "$1"; do
        (($(now_cs) < deadline)) || return 1
        sleep 0.05
    done
}

# process_handles_hangup PID: SIGHUP is caught, blocked or ignored, so that it does not end the process.
process_handles_hangup() {
    local name mask
    while read -r name mask _; do
        case $name in
            SigBlk: | SigIgn: | SigCgt:) (((16#$mask & 1) == 0)) || return 0 ;;
        esac
    done <"/proc/$1/status"
    return 1
}
