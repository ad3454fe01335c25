// What criterion wrote, by the keys of `targets.mjs`.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The rows that were measured natively, in microseconds. A p99 is that of criterion's samples, each of many calls. */
export function criterionResults(folder) {
  const rows = {};
  if (!existsSync(folder)) return rows;
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith("new/estimates.json"))) {
    const read = (file) => JSON.parse(readFileSync(join(folder, dirname(name), file), "utf8"));
    const { full_id } = read("benchmark.json");
    const { median, mean } = read("estimates.json");
    const { iters, times } = read("sample.json");
    const each = times.map((time, place) => time / iters[place] / 1000).sort((one, other) => one - other);
    rows[full_id.replace("/", ".")] = {
      median: median.point_estimate / 1000,
      p99: each[Math.min(each.length - 1, Math.floor(each.length * 0.99))],
      perSecond: 1e9 / mean.point_estimate,
    };
  }
  return rows;
}
