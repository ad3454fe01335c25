// The workloads W1 to W15, each as a user of the package would write it.

import * as checks from "./checks.mjs";
import * as lookups from "./lookups.mjs";
import * as loading from "./loading.mjs";
import * as starting from "./starting.mjs";
import * as writes from "./writes.mjs";

/** By name: the data sets that are needed, and what is done with them. `slow` ones are left out of a quick run. */
export const WORKLOADS = {
  W1: { data: ["W1"], run: (bench) => checks.run(bench, "W1", { "W1.allow": "allow", "W1.deny": "deny" }) },
  W2: { data: ["W2"], run: (bench) => checks.run(bench, "W2", { "W2.allow": "allow" }) },
  W3: { data: ["W3"], run: (bench) => checks.run(bench, "W3", { "W3.allow": "allow", "W3.deny": "deny" }) },
  W4: { data: ["W4"], run: (bench) => checks.run(bench, "W4", { "W4.allow": "allow", "W4.deny": "deny" }) },
  W5: { data: ["W5"], run: (bench) => checks.run(bench, "W5", { "W5.allow": "allow", "W5.deny": "deny", "W5.partial": "partial" }) },
  W6: { data: ["W6"], run: lookups.resources },
  W7: { data: ["W2", "W15"], run: lookups.subjects },
  W8: { data: ["W2"], run: checks.bulk },
  W9: { data: ["W1"], run: writes.ordinary },
  W9M: { data: ["W10M"], slow: true, run: writes.million },
  W10: { data: ["W1"], run: (bench) => loading.run(bench, "W1", "W10.small") },
  W10M: { data: ["W10M"], slow: true, run: (bench) => loading.run(bench, "W10M", "W10.million") },
  W11: { data: ["W1"], run: writes.watch },
  W12: { data: [], run: starting.run },
  W13: { data: ["W2"], run: (bench) => checks.run(bench, "W2", { "W13.deny": "deny" }) },
  W14: { data: ["W14"], run: (bench) => checks.run(bench, "W14", { "W14.allow": "allow", "W14.deny": "deny" }) },
  W15: { data: ["W15"], run: (bench) => checks.run(bench, "W15", { "W15.allow": "allow", "W15.deny": "deny" }) },
};
