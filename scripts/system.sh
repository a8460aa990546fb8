#!/bin/sh
# Debian packages the tests use: a browser with Chinese type, PostgreSQL, espeak-ng. The program itself needs none of them.
# Installs what is missing when it may (root); otherwise says what to install, and the tests that need it say so again.
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 && exit 0
fi
echo "未能自动安装：$missing。用到它们的测试会说明并跳过；可运行 apt-get install$missing" >&2
exit 0
