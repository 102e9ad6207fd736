# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash

# Finds the release binary, and builds it when it is missing or older than its sources. Runs in the project's root.

# Statically linked, so that a call into Swift's runtime is a call and not a look-up; and without the run-time checks for
# overlapping accesses, which the tests run with: together a third of the instructions of a delivery
# (docs/performance.md).
readonly BUILD_FLAGS=(
    -c release --product push-server --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
)

# binary_built: the path of what was built last, without asking Swift, which need not be installed to stop a server.
binary_built() {
    local binary=$PWD/.build/release/push-server
    [[ -x $binary ]] && realpath -- "$binary"
}

# binary_is_fresh BINARY: nothing it is made of is newer. A build that had nothing to do leaves the binary as old as
# it was, so the time of the last build counts as well.
binary_is_fresh() {
    local reference newer
    for reference in "$1" "$1.checked"; do
        [[ -e $reference ]] || continue
        newer=$(find Package.swift Package.resolved Sources -newer "$reference" -print -quit 2>/dev/null) || true
        [[ -n $newer ]] || return 0
    done
    return 1
}

# binary_finds_libraries BINARY: it may have been built elsewhere, or packages may be gone since.
binary_finds_libraries() {
    ! ldd "$1" 2>/dev/null | grep -q 'not found'
}

# binary_build: builds and prints the path; the compiler's own output goes to standard error.
binary_build() {
    local directory stamp
    stamp=$(mktemp) || return 1
    if ! swift build "${BUILD_FLAGS[@]}" </dev/null >&2 ||
        ! directory=$(swift build "${BUILD_FLAGS[@]}" --show-bin-path </dev/null); then
        rm -f -- "$stamp"
        return 1
    fi
    # The time from before the build: a source that changed meanwhile is newer and is built next time.
    touch -r "$stamp" -- "$directory/push-server.checked"
    rm -f -- "$stamp"
    realpath -- "$directory/push-server"
}
