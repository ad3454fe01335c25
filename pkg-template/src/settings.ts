// What an engine is told once: whose its tokens are, what it keeps of its past, and what time it is.

import type { Engine } from "#engine";
import { perhaps } from "./arguments.ts";
import { invalidArgument } from "./errors.ts";
import { milliseconds } from "./options.ts";
import { call } from "./raw.ts";

/** Gives the time in milliseconds since 1970. */
export type Clock = () => number;

/** The names of the options that say what an engine is told once. */
export const SETTINGS = ["identity", "retention", "foreignTokens", "now"];

/** The clock among the options. */
export function clockOf({ now }: Record<string, unknown>): Clock {
  if (now === undefined) {
    return Date.now;
  }
  if (typeof now !== "function") {
    throw invalidArgument("`options.now` must be a function that gives the time");
  }
  return () => milliseconds(now(), "options.now()");
}

/** What gives an engine the settings that the options name, leaving the others as they are. */
export function settingsOf(options: Record<string, unknown>): (engine: Engine) => void {
  const identity = identityOf(options["identity"]);
  const { seconds, revisions } = perhaps(options["retention"], "options.retention", ["seconds", "revisions"]);
  const { foreignTokens } = options;
  if (seconds !== undefined && !(typeof seconds === "number" && seconds >= 0)) {
    throw invalidArgument("`options.retention.seconds` must be a number from 0");
  }
  if (revisions !== undefined && !(typeof revisions === "number" && Number.isInteger(revisions) && revisions >= 1 && revisions <= 0xffff_ffff)) {
    throw invalidArgument("`options.retention.revisions` must be a whole number from 1: the newest is always kept");
  }
  if (foreignTokens !== undefined && foreignTokens !== "full-consistency" && foreignTokens !== "error") {
    throw invalidArgument('`options.foreignTokens` must be "full-consistency" or "error"');
  }
  const refuses = foreignTokens === undefined ? undefined : foreignTokens === "error";
  return (engine) => call(() => engine.configure(identity, seconds, revisions, refuses));
}

function identityOf(identity: unknown): bigint | undefined {
  if (identity !== undefined && !(typeof identity === "bigint" && BigInt.asUintN(64, identity) === identity)) {
    throw invalidArgument("`options.identity` must be a bigint from 0n to 2n ** 64n - 1n");
  }
  return identity as bigint | undefined;
}

/** An identity that no other engine has: it tells tokens apart and guards nothing, and Node takes milliseconds to load its `crypto`. */
export function newIdentity(): bigint {
  const half = (): bigint => BigInt(Math.floor(Math.random() * 2 ** 32));
  return (half() << 32n) | half();
}
