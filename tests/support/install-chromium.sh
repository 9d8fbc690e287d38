#!/usr/bin/env bash
# Prints the path of Chromium; installs it with a CJK font from the distribution's packages where it is missing.
set -euo pipefail

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if ! find_browser >/dev/null || [ -z "$(fc-list ':lang=zh' 2>/dev/null | head -n 1)" ]; then
    {
        as_root apt-get update
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y chromium fonts-noto-cjk fontconfig
    } >&2
fi
find_browser || { echo 'error: no Chromium found; install the package chromium' >&2; exit 1; }
