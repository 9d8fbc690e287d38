#!/usr/bin/env bash
# Puts a real Apache Kafka broker into the cache, as the jars that Maven resolves, and prints the folder.
# Running it again only prints the folder. Needs Java 17 and Maven; nothing is written into the clone.
#
#   export MINSHENG_KAFKA_LIBS="$(tests/support/install-kafka.sh)"
set -euo pipefail

version=4.1.1
cache=${MINSHENG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/minsheng}
folder=$cache/kafka-$version

if [[ -d $folder ]]; then
    printf '%s\n' "$folder"
    exit 0
fi

for tool in java mvn; do
    if ! command -v "$tool" >/dev/null; then
        echo "error: $tool is missing; Debian: apt-get install openjdk-17-jre-headless maven" >&2
        exit 1
    fi
done

mkdir -p "$cache"
work=$(mktemp -d "$cache/kafka-$version.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The broker's own dependencies bring a logging interface with nothing behind it; slf4j-simple writes its warnings.
cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>minsheng</groupId>
  <artifactId>kafka-broker-for-tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
POM

mvn --batch-mode --quiet --file "$work/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$work/libs" >&2

# The folder appears whole or not at all; if another run was quicker, its folder is as good.
mv -T "$work/libs" "$folder" 2>/dev/null || [[ -d $folder ]]
printf '%s\n' "$folder"
