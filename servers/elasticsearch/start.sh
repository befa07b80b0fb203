#!/bin/sh
# elasticsearch FOLDER : runs a node with the settings of FOLDER/elasticsearch.yml, in the place of this process.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
exec "JDK/bin/java" -Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Djava.io.tmpdir=$1" \
  -cp "$home/classes:$home/lib/*" node.Main "$home" "$1"
