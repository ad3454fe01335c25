// Draws cost against size as SVG: two panels over one axis of relationships, both axes logarithmic. Readable on light and on dark: the
// colours are of middling lightness, and text and grid take the reader's own scheme where the viewer tells it.

const WIDTH = 860;
const LEFT = 76;
const RIGHT = 620;
const PANELS = { times: { top: 46, bottom: 366 }, memory: { top: 424, bottom: 574 } };
const HEIGHT = 632;
const COLOURS = ["#d9622b", "#8a6ee0", "#1a9e8c", "#3b8cf0"];
const MEMORY = "#b0832f";

/** The drawing: `lines` hold points of relationships and microseconds, `memory` of relationships and bytes each. */
export function plot({ lines, memory }) {
  const sizes = memory.map(([size]) => size);
  const ends = [Math.min(...sizes), Math.max(...sizes)];
  const across = scale(decades(sizes).filter((size) => size <= ends[1]), LEFT, RIGHT, ends);
  const times = panel({
    across,
    area: PANELS.times,
    title: "median time of a call",
    unit: (microseconds) => (microseconds >= 1000 ? `${microseconds / 1000} ms` : `${Number(microseconds.toPrecision(1))} µs`),
    series: lines.map((line, place) => ({ ...line, colour: COLOURS[place % COLOURS.length] })),
  });
  const bytes = panel({
    across,
    area: PANELS.memory,
    title: "WebAssembly memory per relationship, loaded from saved bytes",
    unit: (bytes) => (bytes >= 1000 ? `${bytes / 1000} KB` : `${bytes} B`),
    series: [{ label: "bytes per relationship", points: memory, colour: MEMORY }],
  });
  const axis = across.ticks.map((size) => text(across.at(size), PANELS.memory.bottom + 20, size.toLocaleString("en"), "middle"));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
  <title id="title">Time of a call, and memory per relationship, against the number of relationships</title>
  <style>
    text { font: 13px system-ui, sans-serif; fill: #6e7781; }
    .heading { font-weight: 600; }
    .grid { stroke: #8b949e; stroke-opacity: 0.35; stroke-width: 1; }
    .line { fill: none; stroke-width: 2.25; stroke-linejoin: round; }
    @media (prefers-color-scheme: dark) { text { fill: #b1bac4; } }
  </style>
${[...times, ...bytes, ...axis, text((LEFT + RIGHT) / 2, HEIGHT - 14, "relationships in the engine (logarithmic)", "middle")].map((line) => `  ${line}`).join("\n")}
</svg>
`;
}

function panel({ across, area, title, unit, series }) {
  const up = scale(decades(series.flatMap(({ points }) => points.map(([, value]) => value))), area.bottom, area.top);
  const drawn = [text(LEFT, area.top - 16, `${title} (logarithmic)`, "start", "heading")];
  for (const value of up.ticks) {
    drawn.push(`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${round(up.at(value))}" y2="${round(up.at(value))}"/>`);
    drawn.push(text(LEFT - 10, up.at(value) + 4, unit(value), "end"));
  }
  for (const size of across.ticks) {
    drawn.push(`<line class="grid" x1="${round(across.at(size))}" x2="${round(across.at(size))}" y1="${area.top}" y2="${area.bottom}"/>`);
  }
  const labels = apart(series.map(({ points }) => up.at(points.at(-1)[1])));
  series.forEach(({ label, points, colour }, place) => {
    const path = points.map(([size, value]) => `${round(across.at(size))},${round(up.at(value))}`);
    drawn.push(`<polyline class="line" stroke="${colour}" points="${path.join(" ")}"/>`);
    drawn.push(...path.map((point) => `<circle r="3.2" fill="${colour}" cx="${point.split(",")[0]}" cy="${point.split(",")[1]}"/>`));
    drawn.push(`<text x="${RIGHT + 12}" y="${round(labels[place] + 4)}" style="fill: ${colour}">${label}</text>`);
  });
  return drawn;
}

/** The powers of ten around the values. */
function decades(values) {
  const [least, most] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  return Array.from({ length: Math.max(1, most - least) + 1 }, (_, place) => 10 ** (least + place));
}

function scale(ticks, from, to, ends = [ticks[0], ticks.at(-1)]) {
  const [least, most] = ends.map(Math.log10);
  return { ticks, at: (value) => from + ((Math.log10(value) - least) / (most - least)) * (to - from) };
}

/** Heights of labels, moved so that none covers another. */
function apart(heights) {
  const order = heights.map((_, place) => place).sort((one, other) => heights[one] - heights[other]);
  const moved = [...heights];
  order.forEach((place, rank) => {
    const above = moved[order[rank - 1]];
    if (above !== undefined) moved[place] = Math.max(moved[place], above + 18);
  });
  return moved;
}

const round = (number) => Number(number.toFixed(1));

const text = (x, y, content, anchor, kind) =>
  `<text${kind ? ` class="${kind}"` : ""} x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
