import type { ClauseResult, ConformanceReport } from "../engine/report.ts"

/** The report as JUnit XML, which build servers read. */
export function toJUnit({ durationMs, results, service, subject, totals }: ConformanceReport): string {
  const name = attribute(`${service} contract: ${subject.name}`)
  const counts = `tests="${totals.clauses}" failures="${totals.failed}" skipped="${totals.skipped + totals.notRun}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name=${name} ${counts} time="${seconds(durationMs)}">`,
    ...results.map((result) => testCase(service, result)),
    "</testsuite></testsuites>",
    "",
  ].join("\n")
}

function testCase(service: string, { durationMs, fix, id, reason, status, text }: ClauseResult): string {
  const head = `<testcase classname=${attribute(service)} name=${attribute(`${id} ${text}`)} time="${seconds(durationMs)}"`
  if (status === "passed") return `${head}/>`
  const message = `message=${attribute(reason ?? status)}`
  const body = status === "failed" ? `<failure ${message}>${escapeXml(fix ?? "")}</failure>` : `<skipped ${message}/>`
  return `${head}>${body}</testcase>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function attribute(text: string): string {
  return `"${escapeXml(text)}"`
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }

/** Characters that XML cannot hold are shown as a replacement character. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
}
