// The table on the terminal.

import { MODULE, ROWS } from "./targets.mjs";

/** The rows that were measured, with what they are held against. `peers` and `native` are by key, as `rows` is. */
export function compared({ rows, native = {}, peers = {} }) {
  return ROWS.flatMap((row) => {
    const figures = rows[row.key];
    if (figures === undefined && native[row.key] === undefined) return [];
    const value = row.of === "memory" ? figures?.memory : figures?.median;
    const best = row.of === "memory" ? undefined : bestOf(peers, row.key.replace(/\.handles$/, ""));
    const most = row.ideal?.at(-1);
    return [
      {
        ...row,
        figures,
        value,
        native: row.of === "memory" ? undefined : native[row.key],
        met: row.target === undefined || value === undefined ? undefined : value <= row.target,
        peer: best,
        toPeer: best === undefined || value === undefined ? undefined : best.median / value,
        toIdeal: most === undefined || value === undefined ? undefined : value / most,
      },
    ];
  });
}

/** The quickest peer that does the same work: in starting all of them do. */
function bestOf(peers, key) {
  const does = (peer) => peer.remark === undefined || key.startsWith("W12.");
  const all = Object.entries(peers).filter(([, peer]) => does(peer) && peer.rows?.[key] !== undefined);
  const [first] = all.map(([name, peer]) => ({ name, median: peer.rows[key].median })).sort((one, other) => one.median - other.median);
  return first;
}

/** The table as text. */
export function table(all, { peers = {}, module } = {}) {
  const hasPeers = Object.keys(peers).length > 0;
  const hasNative = all.some((row) => row.native !== undefined);
  const columns = [
    ["workload", (row) => row.label],
    ["median", (row) => (row.of === "memory" ? bytes(row.value) : time(row.value))],
    ["least", (row) => (row.of === "memory" ? "" : time(row.figures?.least))],
    ["p99", (row) => (row.of === "memory" ? "" : time(row.figures?.p99))],
    ["per second", (row) => (row.of === "memory" ? "" : count(row.figures?.perSecond))],
    ["target", (row) => (row.target === undefined ? "" : row.of === "memory" ? bytes(row.target) : time(row.target))],
    ["met", (row) => (row.met === undefined ? "" : row.met ? "yes" : "NO")],
    ["x ideal", (row) => ratio(row.toIdeal)],
    ...(hasPeers ? [["best peer", (row) => (row.peer ? `${row.peer.name} ${time(row.peer.median)}` : "")], ["x faster", (row) => ratio(row.toPeer)]] : []),
    ...(hasNative ? [["native", (row) => time(row.native?.median)]] : []),
    ["memory", (row) => (row.of === "memory" ? "" : bytes(row.figures?.memory))],
  ];
  const cells = [columns.map(([name]) => name), ...all.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const text = cells.map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ").trimEnd());
  const tails = all.filter((row) => row.tail && row.figures).map((row) => `${row.label}: p99.9 ${time(row.figures.p999)}, longest ${time(row.figures.max)}`);
  const size = module === undefined ? [] : [`${MODULE.label}: ${(module / 1000).toFixed(1)} KB of ${MODULE.target / 1000} KB, ${module <= MODULE.target ? "met" : "NOT MET"}`];
  return [...text, "", ...tails, ...size].join("\n");
}

/** Every figure of every peer. */
export function peerTable(peers) {
  return Object.entries(peers)
    .map(([name, peer]) => {
      const heading = `${name} ${peer.version ?? ""}`.trim();
      if (peer.skipped !== undefined) return `${heading}: skipped, ${peer.skipped}`;
      const rows = Object.entries(peer.rows).map(([key, row]) => {
        const label = ROWS.find((known) => known.key === key && known.of === undefined)?.label ?? key;
        return `  ${label.padEnd(36)}${time(row.median).padStart(10)}${time(row.p99).padStart(12)}${count(row.perSecond).padStart(12)}`;
      });
      const notes = (peer.notes ?? []).map((note) => `  ${note}`);
      return [`${heading}${peer.remark === undefined ? "" : ` (${peer.remark})`}`, ...rows, ...notes].join("\n");
    })
    .join("\n\n");
}

/** Microseconds for people. */
export function time(microseconds) {
  if (microseconds === undefined) return "";
  const [value, unit] = microseconds < 1000 ? [microseconds, "µs"] : microseconds < 1e6 ? [microseconds / 1000, "ms"] : [microseconds / 1e6, "s"];
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

const bytes = (size) => (size === undefined ? "" : `${(size / 1e6).toFixed(1)} MB`);

const count = (number) => (number === undefined ? "" : number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString("en"));

const ratio = (number) => (number === undefined ? "" : number < 10 ? number.toFixed(1) : number.toFixed(0));
