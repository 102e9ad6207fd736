# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# What is installed and built before a start. The tools that would change the machine are stand-ins that keep notes:
# packages are «installed» by a file in $TOOLS/installed, and `swift build` copies the stand-in for the server.

TOOLS='' NOTES=''

bootstrap_cases() {
    bootstrap_tools
    bootstrap_missing_packages
    bootstrap_swift_version
    bootstrap_build
    bootstrap_by_hand
}

# tool NAME: a stand-in whose text is standard input.
tool() {
    {
        printf '#!/usr/bin/env bash\n'
        printf 'TOOLS=%q NOTES=%q STUB=%q\n' "$TOOLS" "$NOTES" "$STUB"
        cat
    } >"$TOOLS/bin/$1"
    chmod 755 "$TOOLS/bin/$1"
}

bootstrap_tools() {
    TOOLS="$WORK/stand in tools" NOTES="$WORK/notes"
    mkdir -p "$TOOLS/bin" "$TOOLS/installed"
    # shellcheck disable=SC2016  # expanded by the stand-in
    tool dpkg-query <<'TOOL'
[[ -e $TOOLS/installed/${!#} ]] && echo installed
TOOL
    tool apt-get <<'TOOL'
printf 'apt-get %s, frontend %s\n' "$*" "$DEBIAN_FRONTEND" >>"$NOTES"
if [[ " $* " == *" install "* ]]; then
    [[ ! -e $TOOLS/apt-get-fails ]] || exit 100
    touch "$TOOLS/installed/${!#}"
fi
TOOL
    tool id <<'TOOL'
cat "$TOOLS/uid"
TOOL
    tool sudo <<'TOOL'
[[ -e $TOOLS/sudo-allowed && $1 == -n ]] || exit 1
shift
printf 'sudo\n' >>"$NOTES"
exec "$@"
TOOL
    tool swift <<'TOOL'
directory=$PWD/.build/x86_64-unknown-linux-gnu/release
case $* in
    --version) printf 'swift-driver version: 1.2 Swift version %s (swift-RELEASE)\n' "$(<"$TOOLS/swift-version")" ;;
    *--show-bin-path*) printf '%s\n' "$directory" ;;
    build*)
        printf 'swift %s\n' "$*" >>"$NOTES"
        [[ ! -e $TOOLS/build-fails ]] || exit 1
        mkdir -p "$directory"
        ln -sfn x86_64-unknown-linux-gnu/release "$PWD/.build/release"
        [[ -e $directory/push-server ]] || install -m 755 "$STUB" "$directory/push-server"
        ;;
esac
TOOL
}

# fresh_tools: everything is installed, nothing is built, and we are root.
fresh_tools() {
    local package
    fresh_instance
    unset PUSH_BINARY
    rm -rf "$PROJECT/.build" "$NOTES" "$TOOLS"/{apt-get-fails,build-fails,sudo-allowed}
    touch "$NOTES"
    printf '0\n' >"$TOOLS/uid"
    printf '6.3.1\n' >"$TOOLS/swift-version"
    # shellcheck disable=SC2016  # expanded by the inner shell
    bash -c 'source "$1"; printf "%s\n" "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"' - "$PROJECT/sh/bootstrap" |
        while read -r package; do
            touch "$TOOLS/installed/$package"
        done
}

run_with_tools() {
    PATH="$TOOLS/bin:$PATH" run "$@"
}

noted() {
    OUT+=$'\nnotes:\n'$(<"$NOTES")
    grep -qE -- "$1" "$NOTES"
}

bootstrap_missing_packages() {
    local option
    fresh_tools
    run_with_tools start
    check "a start with everything installed builds and starts" answered 0 "building push-server" "push-server started"
    check "and installs nothing" not noted apt-get

    fresh_tools
    rm "$TOOLS/installed/libhiredis-dev" "$TOOLS/installed/libmariadb-dev"
    run_with_tools start --no-install
    check "--no-install says what is missing and exits 5" \
        answered 5 "missing packages: libhiredis-dev libmariadb-dev" "apt-get install libhiredis-dev libmariadb-dev"
    check "and neither installs nor builds" test ! -s "$NOTES"

    rm -f "$TOOLS/installed/libmariadb-dev"
    touch "$TOOLS/installed/libhiredis-dev"
    run_with_tools start
    check "start installs what is missing, as root" answered 0 "installing: libmariadb-dev" "push-server started"
    check "only that, and asks nothing" noted 'apt-get -q -y .* install libmariadb-dev, frontend noninteractive$'
    check "without sudo" not noted sudo

    fresh_tools
    rm "$TOOLS/installed/libssl-dev"
    printf '1000\n' >"$TOOLS/uid"
    run_with_tools start
    check "without the right to install, start says what to run and exits 4" \
        answered 4 "sudo apt-get install libssl-dev"
    touch "$TOOLS/sudo-allowed"
    run_with_tools start
    check "with a sudo that needs no password it is used" answered 0 "push-server started"
    check "for apt-get" noted '^sudo$'

    fresh_tools
    rm "$TOOLS/installed/libsqlite3-dev"
    touch "$TOOLS/apt-get-fails"
    run_with_tools start
    check "an installation that fails exits 5" answered 5 "apt-get could not install: libsqlite3-dev"
    check "after the package lists were read again" noted 'apt-get .* update,'
}

bootstrap_swift_version() {
    local version
    for version in 6.2 6.2.1 6.10 7.0; do
        fresh_tools
        printf '%s\n' "$version" >"$TOOLS/swift-version"
        run_with_tools start
        check "Swift $version is enough" answered 0 "push-server started"
    done
    for version in 5.10.1 6.1.3; do
        fresh_tools
        printf '%s\n' "$version" >"$TOOLS/swift-version"
        run_with_tools start
        check "Swift $version is too old" answered 5 "Swift $version is too old; 6.2 or later is needed"
    done
    fresh_tools
    mkdir -p "$WORK/no swift"
    ln -sf /usr/bin/* /bin/* "$TOOLS"/bin/* "$WORK/no swift/" 2>/dev/null || true
    rm -f "$WORK/no swift/swift"
    PATH="$WORK/no swift" run start
    check "without Swift the start says where to get it" answered 5 "swift is not on the PATH" "swift.org/install"
}

bootstrap_build() {
    fresh_tools
    touch "$TOOLS/build-fails"
    run_with_tools start
    check "a build that fails is an error" answered 1 "the build failed"
    rm "$TOOLS/build-fails"
    run_with_tools start
    check "then it is built again" answered 0 "building" "push-server started"
    check "in release mode, the server only" noted '^swift build -c release --product push-server --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked$'
    run_with_tools restart
    check "a restart with nothing new builds nothing" not answered 0 "building"
    touch "$PROJECT/Sources/main.swift"
    run_with_tools start
    check "a start of a running server builds nothing" answered 0 "already running"
    run_with_tools restart
    check "a restart after a source changed builds" answered 0 "building" "push-server started"
    run_with_tools restart
    check "once, though the build found nothing to do" not answered 0 "building"
    touch "$PROJECT/Sources/main.swift"
    touch "$TOOLS/build-fails"
    run_with_tools restart
    check "a restart whose build fails is an error" answered 1 "the build failed"
    check "and leaves the server running" one_server
    run_with_tools stop
    run stop
    check "stop needs neither Swift nor a build" answered 0 "push-server is not running"
    rm -rf "$PROJECT/.build"
    unset PUSH_DATA_DIRECTORY
    run status
    check "status neither, before the first build" answered 3 "push-server is not running"
}

bootstrap_by_hand() {
    fresh_tools
    CODE=0
    OUT=$(PATH="$TOOLS/bin:$PATH" "$PROJECT/sh/bootstrap" build 2>&1) || CODE=$?
    check "sh/bootstrap build with nothing missing exits 0" answered 0
    rm "$TOOLS/installed/redis-server" "$TOOLS/installed/chromium"
    CODE=0
    OUT=$(PATH="$TOOLS/bin:$PATH" "$PROJECT/sh/bootstrap" test --no-install 2>&1) || CODE=$?
    check "sh/bootstrap test --no-install says what the tests miss" answered 5 "missing packages: redis-server chromium"
    CODE=0
    OUT=$("$PROJECT/sh/bootstrap" 2>&1) || CODE=$?
    check "sh/bootstrap without a word exits 2" answered 2 "usage: sh/bootstrap build|test"
}
