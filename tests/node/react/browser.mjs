// A page, as far as React needs one. To be imported before React.

import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><div></div>", { pretendToBeVisual: true });
globalThis.window = window;
globalThis.document = window.document;
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
