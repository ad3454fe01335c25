// The same through `require`, and that it is the same.

const peppercorn = require("peppercorn");

Promise.all([import("peppercorn"), import("./scenario.mjs")]).then(([imported, { answers }]) => {
  const same = ["Peppercorn", "PeppercornError", "load"].every((name) => peppercorn[name] === imported[name]);
  const others = ["peppercorn/slim", "peppercorn/inline"].every((name) => require(name).Peppercorn === peppercorn.Peppercorn);
  if (!same || !others) throw new Error("there is a second copy");
  console.log(JSON.stringify(answers(peppercorn)));
});
