#!/bin/sh
# Installs AgentGate, at the commit that was measured, into a new folder: sh bench/peers/install-agentgate.sh <folder>
set -eu
git clone https://github.com/agentkitai/agentgate.git "$1"
cd "$1"
git checkout --detach b844c64
npx --yes pnpm@9.15.4 install --frozen-lockfile --filter '@agentgate/server...'
npx --yes pnpm@9.15.4 --filter @agentgate/core run build
