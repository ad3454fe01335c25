// Passes on the ES module, which Node's `require` takes from 20.19 on: a second copy would be as large.
module.exports = require("./gateway.mjs");
