#!/usr/bin/env bash
# croner 10.0.1: in the hour that clocks show a second time, the next run of `* * * * *` is an hour ago.
# Behaviour: asked at 02:02:30 of the second time, nextRun() gives 02:03 of the first one, a time before the date it was
#   given. A live job finds that due at once, runs, asks again, and so on: hundreds of runs a second, for an hour.
# One would guess: the next run is after the time asked for, and a job runs once a minute.
# For users: jobs that run every few minutes are the ones at risk; give them `timezone: "UTC"`, where they run as often.
# Seen: asked at 2027-10-31T01:02:30.000Z, next run at 2027-10-31T00:03:00.000Z | in one second: more than 100 runs
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund croner@10.0.1 >/dev/null

cat > run.mjs <<'JS'
import { Cron } from "croner"

// Clocks in Berlin go from 03:00 back to 02:00 at 01:00Z.
const asked = new Date("2027-10-31T01:02:30Z")
const next = new Cron("* * * * *", { timezone: "Europe/Berlin" }).nextRun(asked)

// The same half minute, lived through.
const RealDate = Date
const ahead = asked.getTime() - RealDate.now()
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + ahead] : args))
  }
  static now = () => RealDate.now() + ahead
}
let runs = 0
const job = new Cron("* * * * *", { timezone: "Europe/Berlin" }, () => runs++)
setTimeout(() => {
  job.stop()
  const seen = runs > 100 ? "more than 100 runs" : `${runs} runs`
  console.log(`asked at ${asked.toISOString()}, next run at ${next.toISOString()} | in one second: ${seen}`)
}, 1000)
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "asked at 2027-10-31T01:02:30.000Z, next run at 2027-10-31T00:03:00.000Z | in one second: more than 100 runs" ] ||
  { echo "CHANGED: the next run is after the time asked"; exit 1; }
