#!/bin/sh
# Fetches the style sheet we build on and copies it, with its licence, into static/vendor.
# Run it only to take a newer version: the copy is committed, so neither a user nor the wheel needs Node.
set -eu
version=5.3.8
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "bootstrap@$version" >/dev/null
tar xzf "bootstrap-$version.tgz"
mkdir -p "$here/static/vendor"
# The map is not shipped, so its reference goes too (a browser's tools would ask for it in vain).
sed '/sourceMappingURL/d' package/dist/css/bootstrap.min.css > "$here/static/vendor/bootstrap.min.css"
cp package/LICENSE "$here/static/vendor/bootstrap.LICENSE.txt"
echo "bootstrap $version -> $here/static/vendor"
