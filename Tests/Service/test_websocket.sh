#!/usr/bin/env bash
# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0

# Proves what sh/websocket and sh/bootstrap promise. Without PUSH_BINARY it runs everything against a stand-in for the
# server; with PUSH_BINARY it runs, against that server, what can be shown without making it fail.
#
#     Tests/Service/test_websocket.sh [arguments|lifecycle|failures|pidfile|bootstrap|proxy]...
#     PUSH_BINARY=.build/release/push-server Tests/Service/test_websocket.sh

set -euo pipefail

TESTS=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
REPOSITORY=$(dirname -- "$(dirname -- "$TESTS")")
REAL_BINARY=${PUSH_BINARY:+$(realpath -- "$PUSH_BINARY")}
# The settings of the caller must not reach the servers of the tests.
unset "${!PUSH_@}"

# shellcheck source-path=SCRIPTDIR source=harness.sh
source "$TESTS/harness.sh"
# shellcheck source-path=SCRIPTDIR source=cases/arguments.sh
source "$TESTS/cases/arguments.sh"
# shellcheck source-path=SCRIPTDIR source=cases/lifecycle.sh
source "$TESTS/cases/lifecycle.sh"
# shellcheck source-path=SCRIPTDIR source=cases/failures.sh
source "$TESTS/cases/failures.sh"
# shellcheck source-path=SCRIPTDIR source=cases/pidfile.sh
source "$TESTS/cases/pidfile.sh"
# shellcheck source-path=SCRIPTDIR source=cases/bootstrap.sh
source "$TESTS/cases/bootstrap.sh"
# shellcheck source-path=SCRIPTDIR source=cases/proxy.sh
source "$TESTS/cases/proxy.sh"
# shellcheck source-path=SCRIPTDIR source=cases/real_proxy.sh
source "$TESTS/cases/real_proxy.sh"
# shellcheck source-path=SCRIPTDIR source=cases/real_server.sh
source "$TESTS/cases/real_server.sh"

sets=(arguments lifecycle failures pidfile bootstrap proxy)
[[ -z $REAL_BINARY ]] || sets=(real_server real_proxy)
(($# == 0)) || sets=("$@")

harness_open
for name in "${sets[@]}"; do
    "${name}_cases"
done
harness_close
