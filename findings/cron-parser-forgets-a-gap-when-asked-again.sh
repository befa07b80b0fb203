#!/usr/bin/env bash
# cron-parser 5.10.6, croner 10.0.1: which runs there are when clocks go forward depends on who asks.
# Behaviour: `*/20 2 * * *` in New York, where 02:00 to 03:00 is left out: one iterator gives 03:00, 03:20 and 03:40. A
#   new one that begins at the run just given, 03:00, goes on with the next day: the other two runs are lost.
# One would guess: next() after a run is the same for an iterator and for a new one with `currentDate` at that run.
# For users: schedulers that store the last run and parse again for the next one, as BullMQ does, leave out runs on
#   that day, and what a list of the coming runs shows is not what happens.
# Seen: cron-parser one iterator 07:00 07:20 07:40, asked again 07:00 06:00 06:20 | croner one iterator 07:00 07:20 07:40, asked again 07:00 06:00 06:20
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund cron-parser@5.10.6 croner@10.0.1 >/dev/null

cat > run.mjs <<'JS'
import { CronExpressionParser } from "cron-parser"
import { Cron } from "croner"

const cron = "*/20 2 * * *"
const zone = "America/New_York"
const start = new Date("2027-03-14T00:00:00Z")
const shown = (runs) => runs.map((run) => run.toISOString().slice(11, 16)).join(" ")

function askedAgain(next) {
  const runs = []
  for (let at = start; runs.length < 3; ) runs.push((at = next(at)))
  return shown(runs)
}
const parse = (currentDate) => CronExpressionParser.parse(cron, { tz: zone, currentDate })
const create = () => new Cron(cron, { timezone: zone })

const parsed = shown(parse(start).take(3).map((run) => run.toDate()))
const parsedAgain = askedAgain((at) => parse(at).next().toDate())
const croned = shown(create().nextRuns(3, start))
const cronedAgain = askedAgain((at) => create().nextRun(at))
console.log(`cron-parser one iterator ${parsed}, asked again ${parsedAgain} | croner one iterator ${croned}, asked again ${cronedAgain}`)
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "cron-parser one iterator 07:00 07:20 07:40, asked again 07:00 06:00 06:20 | croner one iterator 07:00 07:20 07:40, asked again 07:00 06:00 06:20" ] ||
  { echo "CHANGED: other runs are given"; exit 1; }
