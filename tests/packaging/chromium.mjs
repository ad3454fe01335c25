// A browser for pages: Chromium where there is one. Where there is none, pages are skipped by name.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after } from "node:test";
import puppeteer from "puppeteer-core";

const PLACES = [
  process.env.PEPPERCORN_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

/** Why pages are skipped, or false. */
export const skip = executablePath === undefined && "there is no Chromium (Debian's package `chromium`, or its path in PEPPERCORN_CHROMIUM)";

let browser;
after(() => browser?.close());

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Serves a folder while the work is done. `page` is the HTML of `/`, unless the folder has an `index.html`. */
export async function served(folder, { headers = {}, page = '<!doctype html><title>peppercorn</title><body><script type="module" src="/bundle.js"></script>' }, work) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    const found = existsSync(file);
    const status = found || pathname === "/" ? 200 : 404;
    response.writeHead(status, { "content-type": TYPES[pathname === "/" ? ".html" : extname(file)] ?? "text/plain", ...headers });
    response.end(found ? readFileSync(file) : status === 200 ? page : "not found");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Opens a page and gives `window.result`, what was asked for from where, and what the browser complained of. */
export async function opened(url, screenshot = process.env.PEPPERCORN_SCREENSHOT) {
  // The sandbox needs more rights than a container gives; the pages are our own.
  browser ??= await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const page = await browser.newPage();
  const [requests, complaints] = [[], []];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  try {
    await page.goto(url);
    await page.waitForFunction("window.result !== undefined", { timeout: 15_000 }).catch((error) => {
      throw new Error(`${error.message}: ${complaints.join("; ")}`);
    });
    if (screenshot) await page.screenshot({ path: screenshot });
    return { result: await page.evaluate("window.result"), requests, complaints };
  } finally {
    await page.close();
  }
}

/** Opens the page of a folder. */
export const shown = (folder, options = {}) => served(folder, options, (url) => opened(url));
