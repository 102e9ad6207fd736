# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Asks a server of this machine for its health, with curl or, where there is none, with bash alone.

# Set by http_get: the status (000 when nothing answered) and the body.
HTTP_STATUS=000 HTTP_BODY=''

# reachable_host HOST: where a server bound to HOST is reached from this machine.
reachable_host() {
    local host=${1#[}
    host=${host%]}
    case $host in
        '' | '*' | 0.0.0.0) printf '127.0.0.1\n' ;;
        ::) printf '::1\n' ;;
        *) printf '%s\n' "$host" ;;
    esac
}

# url_host HOST: an IPv6 address stands in brackets in a URL.
url_host() {
    case $1 in
        *:*) printf '[%s]\n' "$1" ;;
        *) printf '%s\n' "$1" ;;
    esac
}

# http_get HOST PORT PATH: bounded to a few seconds; succeeds when anything answered. A server that speaks TLS says so to
# plain HTTP, and is asked again.
http_get() {
    http_get_by http "$@" || return 1
    [[ $HTTP_STATUS != 400 || $HTTP_BODY != *'speaks TLS'* ]] || http_get_by https "$@"
}

# http_get_by SCHEME HOST PORT PATH: with https whatever certificate is shown will do: it is for the name that the world
# uses, and the server is this machine's.
http_get_by() {
    local reply scheme=$1
    shift
    HTTP_STATUS=000 HTTP_BODY=''
    if command -v curl >/dev/null; then
        reply=$(curl --silent --insecure --noproxy '*' --max-time 3 --output - --write-out '\n%{http_code}' \
            "$scheme://$(url_host "$1"):$2$3" 2>/dev/null) || return 1
    elif [[ $scheme == https ]]; then
        reply=$(http_get_by_openssl "$1" "$2" "$3" 2>/dev/null) || return 1
    else
        reply=$(timeout 5 bash -c "$(declare -f http_get_by_bash); http_get_by_bash \"\$@\"" - \
            "$1" "$2" "$3" "$(url_host "$1"):$2" 2>/dev/null) || return 1
    fi
    HTTP_STATUS=${reply##*$'\n'}
    HTTP_BODY=${reply%$'\n'*}
    [[ $HTTP_STATUS != 000 ]]
}

# http_get_by_bash HOST PORT PATH AUTHORITY: prints the body and, on a line of its own, the status.
http_get_by_bash() {
    local LC_ALL=C status header body='' length=65536
    exec 3<>"/dev/tcp/$1/$2" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$3" "$4" >&3
    read -r -t 3 _ status _ <&3 || return 1
    while read -r -t 3 header <&3 && header=${header%$'\r'} && [[ -n $header ]]; do
        [[ ! ${header,,} =~ ^content-length:\ *([0-9]{1,5})$ ]] || length=${BASH_REMATCH[1]}
    done
    IFS= read -r -t 3 -N "$length" body <&3 || true
    printf '%s\n%s' "$body" "${status%$'\r'}"
}

# http_get_by_openssl HOST PORT PATH: the same under TLS.
http_get_by_openssl() {
    local authority reply head
    authority=$(url_host "$1"):$2
    reply=$(printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$3" "$authority" |
        timeout 5 openssl s_client -quiet -ign_eof -connect "$authority" 2>/dev/null) || [[ -n $reply ]] || return 1
    head=${reply%%$'\r\n\r\n'*}
    [[ $head =~ ^HTTP/1\.1\ ([0-9]{3}) ]] || return 1
    printf '%s\n%s' "${reply#*$'\r\n\r\n'}" "${BASH_REMATCH[1]}"
}

# port_taken HOST PORT: something accepts connections there.
port_taken() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' - "$1" "$2" 2>/dev/null
}

# health_read HOST PORT: asks whether the server is ready; sets HTTP_STATUS and HTTP_BODY.
health_read() {
    HTTP_STATUS=000 HTTP_BODY=''
    [[ -z $1 || -z $2 ]] || http_get "$1" "$2" /health/ready || true
}

# health_show: what it said.
health_show() {
    [[ -z $HTTP_BODY ]] || printf '  /health/ready: %s\n' "${HTTP_BODY:0:2000}"
}
