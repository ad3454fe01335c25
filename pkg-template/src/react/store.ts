// One question as React reads what is outside of it: a snapshot that stays the same object for as long as it says the same.

import type * as Contract from "../../index.cjs";
import { same, sameAnswer } from "../subscriptions/same.ts";

/** What a component renders: an answer, or what to throw. */
export type Outcome = { readonly answer: unknown; readonly error?: never } | { readonly error: unknown };

/** What `useSyncExternalStore` takes. */
export interface Store {
  readonly engine: Contract.Peppercorn;
  readonly question: Contract.Question;
  readonly subscribe: (changed: () => void) => () => void;
  readonly read: () => Outcome;
}

/** A question to an engine. */
export function storeOf(engine: Contract.Peppercorn, given: Contract.Question): Store {
  const question = copied(given);
  let subscription: Contract.Subscription<unknown> | undefined;
  /** Why nobody tells of changes: an answer that may be old is none. */
  let refused: Outcome | undefined;
  let outcome: Outcome | undefined;

  return {
    engine,
    question,
    subscribe(changed) {
      let mine: Contract.Subscription<unknown>;
      try {
        mine = engine.subscribe(question, changed);
      } catch (error) {
        refused = { error };
        return () => (refused = undefined);
      }
      subscription = mine;
      return () => {
        mine.unsubscribe();
        if (subscription === mine) subscription = undefined;
      };
    },
    read() {
      const now = subscription === undefined ? (refused ?? asked(engine, question)) : current(subscription);
      if (outcome === undefined || !sameOutcome(now, outcome)) {
        outcome = now;
      }
      return outcome;
    },
  };
}

/** Whether the store asks this question of this engine. */
export function isOf(store: Store, engine: Contract.Peppercorn, question: Contract.Question): boolean {
  return store.engine === engine && same(store.question, question);
}

function current(subscription: Contract.Subscription<unknown>): Outcome {
  const { answer } = subscription;
  return answer === undefined ? { error: subscription.error } : { answer };
}

function asked(engine: Contract.Peppercorn, [call, ...given]: Contract.Question): Outcome {
  try {
    return { answer: (engine[call] as (...given: unknown[]) => unknown).apply(engine, given) };
  } catch (error) {
    return { error };
  }
}

function sameOutcome(left: Outcome, right: Outcome): boolean {
  if ("error" in left || "error" in right) {
    return "error" in left && "error" in right && String(left.error) === String(right.error);
  }
  return sameAnswer(left.answer, right.answer);
}

/** The question as it is now, whatever becomes of its parts. */
function copied(question: Contract.Question): Contract.Question {
  try {
    return structuredClone(question);
  } catch {
    // It holds what no question can: asking says what.
    return question;
  }
}
