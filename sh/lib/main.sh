# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# What the service scripts have in common: their arguments and their commands. Reads HERE, ROOT, SCRIPT, SERVICE (which names the
# pid file and the log), SERVICE_COMMAND (of push-server), SERVICE_SECTION (the port whose health is asked) and ABOUT.

# shellcheck source-path=SCRIPTDIR source=../bootstrap
source sh/bootstrap
# shellcheck source-path=SCRIPTDIR source=process.sh
source sh/lib/process.sh
# shellcheck source-path=SCRIPTDIR source=pidfile.sh
source sh/lib/pidfile.sh
# shellcheck source-path=SCRIPTDIR source=health.sh
source sh/lib/health.sh
# shellcheck source-path=SCRIPTDIR source=build.sh
source sh/lib/build.sh
# shellcheck source-path=SCRIPTDIR source=instance.sh
source sh/lib/instance.sh
# shellcheck source-path=SCRIPTDIR source=launch.sh
source sh/lib/launch.sh
# shellcheck source-path=SCRIPTDIR source=service.sh
source sh/lib/service.sh

CONFIG=${PUSH_CONFIG:-$ROOT/config/push-server.yaml}
DATA_OPTION=${PUSH_DATA_DIRECTORY:-}
BINARY_OPTION=${PUSH_BINARY:-}
TIMEOUT='' NO_INSTALL='' FOREGROUND='' FORCE='' FOLLOW='' LINES_SHOWN=50

usage() {
    printf 'usage: sh/%s COMMAND [options]\n\n' "$SCRIPT"
    [[ -z ${ABOUT:-} ]] || printf '%s\n\n' "$ABOUT"
    cat <<'TEXT'
commands
  start     install what is missing, build if needed, start, wait until it is ready
  stop      let the server drain and end
  restart   stop, then start; a configuration that is not valid leaves the running server alone
  reload    have the server read its configuration again
  status    say whether it runs, and whether it is ready
  logs      print the end of its log

options
  --config FILE   configuration (default: $PUSH_CONFIG, else config/push-server.yaml)
  --data DIR      data directory (default: data.directory of the configuration)
  --timeout S     start: seconds to wait until it is ready (60)   stop: seconds to wait until it has ended (30)
  --no-install    start, restart: install nothing, only say what is missing (exit code 5)
  --foreground    start: run in the foreground, log to the terminal
  --force         stop, restart: kill the server when it does not end in time
  -n N, -f        logs: the last N lines (50); follow
  -h, --help      print this

environment
  PUSH_BINARY     run this push-server and build nothing
  PUSH_*          any setting of the configuration, for example PUSH_WEBSOCKET_PORT

exit codes (those of the LSB)
  0  done; status: running. start: also when the server runs and is not ready yet, which is said
  1  failed; status: dead, but its pid file is there
  2  wrong arguments        3  unknown command; status: not running      4  no permission; status: unknown
  5  something is missing   6  the configuration is not valid             7  reload: not running
TEXT
}

usage_error() {
    warn "$1"
    usage >&2
    exit "${2:-$EXIT_USAGE}"
}

# whole_number TEXT OPTION
whole_number() {
    [[ $1 =~ ^[0-9]{1,6}$ ]] || usage_error "$2 needs a number, not '$1'"
}

# main ARGUMENT...: does what they say, and exits.
main() {
    local action='' word
    while (($# > 0)); do
        word=$1
        shift
        case $word in
            --config=* | --data=* | --timeout=*)
                set -- "${word%%=*}" "${word#*=}" "$@"
                continue
                ;;
            --config | --data | --timeout | -n)
                [[ -n ${1:-} ]] || usage_error "$word needs a value"
                ;;
        esac
        case $word in
            --config) CONFIG=$1 && shift ;;
            --data) DATA_OPTION=$1 && shift ;;
            --timeout) whole_number "$1" "$word" && TIMEOUT=$((10#$1)) && shift ;;
            -n) whole_number "$1" "$word" && LINES_SHOWN=$1 && shift ;;
            --no-install) NO_INSTALL=--no-install ;;
            --foreground) FOREGROUND=1 ;;
            --force) FORCE=1 ;;
            -f) FOLLOW=1 ;;
            -h | --help | help)
                usage
                exit 0
                ;;
            -*) usage_error "unknown option: $word" ;;
            *)
                [[ -z $action ]] || usage_error "one command at a time: $action, $word"
                action=$word
                ;;
        esac
    done

    CONFIG=$(absolute_path "$HERE" "$CONFIG")
    [[ -z $BINARY_OPTION ]] || BINARY_OPTION=$(absolute_path "$HERE" "$BINARY_OPTION")
    if [[ -n $DATA_OPTION ]]; then
        DATA_OPTION=$(absolute_path "$HERE" "$DATA_OPTION")
        export PUSH_DATA_DIRECTORY=$DATA_OPTION
    fi
    # These two are ours; the server takes every other PUSH_ variable for a setting.
    unset PUSH_BINARY PUSH_CONFIG

    case $action in
        start | stop | restart | reload | status | logs) "service_$action" ;;
        '') usage_error "no command" ;;
        *) usage_error "unknown command: $action" "$EXIT_UNKNOWN_COMMAND" ;;
    esac
}
