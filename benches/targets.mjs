// The rows of the table, in its order: what each is about, what it must reach, and what the machine would allow.
//
// Times are in microseconds. `ideal` is reckoned from micro-costs (docs/performance.md says which); where it is a range, the upper end
// counts. `of: "memory"` is about the WebAssembly memory, in bytes, rather than the time.

const ms = 1000;
const s = 1000 * ms;
const MB = 1e6;

export const ROWS = [
  { key: "W1.allow", label: "W1 direct check, allow", target: 0.5, ideal: [0.16] },
  { key: "W1.deny", label: "W1 direct check, deny", target: 0.5, ideal: [0.16] },
  { key: "W2.allow", label: "W2 drive, allow", target: 3, ideal: [0.4, 1] },
  { key: "W13.deny", label: "W13 drive, deny", target: 3, ideal: [0.5, 1.2] },
  { key: "W3.allow", label: "W3 organisation, allow", target: 1.5, ideal: [0.3, 0.5] },
  { key: "W3.deny", label: "W3 organisation, deny", target: 1.5, ideal: [0.3, 0.5] },
  { key: "W4.allow", label: "W4 wildcard, allow", ideal: [0.17] },
  { key: "W4.deny", label: "W4 wildcard, deny", ideal: [0.18] },
  { key: "W5.allow", label: "W5 caveat, allow", target: 4, ideal: [1.5, 2.5] },
  { key: "W5.deny", label: "W5 caveat, deny", target: 4, ideal: [1.5, 2.5] },
  { key: "W5.partial", label: "W5 caveat, context missing", ideal: [1.5, 2.5] },
  { key: "W6.10", label: "W6 lookup of 10 resources", ideal: [3] },
  { key: "W6.1000", label: "W6 lookup of 1,000 resources", ideal: [60, 240] },
  { key: "W6.10000", label: "W6 lookup of 10,000 resources", target: 4 * ms, ideal: [600, 2400] },
  { key: "W7.a", label: "W7a lookup of 58 subjects", ideal: [5, 15] },
  { key: "W7.b", label: "W7b lookup of 10,000 subjects", target: 4 * ms, ideal: [600, 2400] },
  { key: "W8.same", label: "W8 bulk of 1,000, one user", ideal: [500, 1000] },
  { key: "W8.mix", label: "W8 bulk of 1,000, mixed pairs", target: 2.5 * ms, ideal: [500, 1200] },
  { key: "W9.single", label: "W9 write of 1", target: 6, ideal: [3] },
  { key: "W9.batch", label: "W9 write of 1,000", target: 2 * ms, ideal: [700, 1500] },
  { key: "W9.delete", label: "W9 delete of 1,000", ideal: [700, 1500] },
  { key: "W9.after", label: "W9 direct check after the writes", target: 0.5, ideal: [0.16] },
  { key: "W9.million", label: "W9 write of 1 into 1,000,000", target: 6, ideal: [3], tail: true },
  { key: "W9.million.after", label: "W9 direct check after these", ideal: [0.2, 0.3] },
  { key: "W10.small.text", label: "W10 load of 100,000, text", ideal: [80 * ms, 150 * ms] },
  { key: "W10.small.saved", label: "W10 load of 100,000, saved" },
  { key: "W10.small.text.check", label: "W10 check at 100,000", ideal: [0.16] },
  { key: "W10.million.text", label: "W10 load of 1,000,000, text", target: 3 * s, ideal: [0.8 * s, 1.5 * s] },
  { key: "W10.million.saved", label: "W10 load of 1,000,000, saved", target: 0.25 * s },
  { key: "W10.million.save", label: "W10 save of 1,000,000" },
  { key: "W10.million.text", of: "memory", label: "W10 memory at 1,000,000, text", target: 96 * MB, ideal: [80 * MB, 130 * MB] },
  { key: "W10.million.saved", of: "memory", label: "W10 memory at 1,000,000, saved", target: 96 * MB, ideal: [80 * MB, 130 * MB] },
  { key: "W10.million.text.check", label: "W10 check at 1,000,000", ideal: [0.2, 0.3] },
  { key: "W10.million.saved.check", label: "W10 check at 1,000,000, saved", ideal: [0.2, 0.3] },
  { key: "W11.call", label: "W11 watch, write call to event", ideal: [10] },
  { key: "W11.return", label: "W11 watch, write return to event", ideal: [10] },
  { key: "W12.import", label: "W12 import to first answer", target: 20 * ms, ideal: [10 * ms] },
  { key: "W12.module", label: "W12 of which the import" },
  { key: "W12.spawn", label: "W12 process to first answer" },
  { key: "W14.allow", label: "W14 chain of 40, allow", target: 8, ideal: [2.5, 5] },
  { key: "W14.deny", label: "W14 chain of 40, deny", target: 8, ideal: [2.5, 5] },
  { key: "W15.allow", label: "W15 group of 100,000, allow", target: 0.8, ideal: [0.25] },
  { key: "W15.deny", label: "W15 group of 100,000, deny", target: 0.8, ideal: [0.25] },
].flatMap((row) => (/^W(1|2|3|4|8|13|14|15)\./.test(row.key) ? [row, { ...row, key: `${row.key}.handles`, label: "   by handle", target: undefined, ideal: undefined }] : [row]));

/** The engine's module after gzip, in bytes. */
export const MODULE = { label: "engine.wasm, gzip", target: 300_000 };
