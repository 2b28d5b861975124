#!/usr/bin/env bash
# A live broadcast, measured; see bench/live.ts. ./bench/live.sh [--orders N] [--chats N] [--seconds N] [--samples N]
cd "$(dirname "$0")/.." && exec sh web/tools/node.sh bench/live.ts "$@"
