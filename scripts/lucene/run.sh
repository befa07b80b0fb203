#!/usr/bin/env bash
# run.sh COMMAND... : runs a command of src/ over Lucene. The jars, and what is compiled, stay in the cache folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n '/<artifactId>lucene-core</,/<version>/s:.*<version>\(.*\)</version>.*:\1:p' "$here/pom.xml")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/objectos-sdk/lucene-$version"
classes="$cache/classes-$(cat "$here"/src/*.java | sha256sum | cut -c1-16)"

# make FOLDER COMMAND... : has the command fill a folder, which is moved to its place whole.
make() {
  local temp
  [ -d "$1" ] && return
  mkdir -p "$cache"
  temp=$(mktemp -d "$cache/temp.XXXXXX")
  "${@:2}" "$temp" >&2
  # Another run may have been first.
  mv -T "$temp" "$1" 2>/dev/null || rm -rf "$temp"
}

fetch() {
  timeout 300 mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$1"
}

compile() {
  javac -Xlint:all -Werror -cp "$cache/lib/*" -d "$1" "$here"/src/*.java
}

make "$cache/lib" fetch
make "$classes" compile
exec java -Xmx2g -XX:+UseParallelGC -cp "$classes:$cache/lib/*" Main "$@"
