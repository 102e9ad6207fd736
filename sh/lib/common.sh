# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Messages and exit codes shared by the scripts. The codes are those of the LSB for service scripts.

# shellcheck disable=SC2034  # read by the scripts that source this file
readonly EXIT_FAILED=1 EXIT_USAGE=2 EXIT_UNKNOWN_COMMAND=3 EXIT_NO_PERMISSION=4 EXIT_NOT_INSTALLED=5 \
    EXIT_NOT_CONFIGURED=6 EXIT_NOT_RUNNING=7

# What the user asked for goes to standard output, everything that is wrong to standard error.
say() {
    printf '%s\n' "$*"
}

warn() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die CODE TEXT...
die() {
    local code=$1
    shift
    warn "$@"
    exit "$code"
}

# The monotonic clock in hundredths of a second: a deadline must not move when the wall clock is set.
now_cs() {
    local uptime rest
    read -r uptime rest </proc/uptime
    printf '%d\n' "$((10#${uptime/./}))"
}

# seconds_since CENTISECONDS: of now_cs, with a tenth.
seconds_since() {
    local elapsed=$(($(now_cs) - $1))
    printf '%d.%d\n' $((elapsed / 100)) $((elapsed % 100 / 10))
}

# absolute_path BASE PATH: symbolic links are kept, and the path need not exist.
absolute_path() {
    case $2 in
        /*) printf '%s\n' "$2" ;;
        *) printf '%s/%s\n' "$1" "$2" ;;
    esac
}
