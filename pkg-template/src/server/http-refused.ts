// Refusals of what is no request yet, before any method is called.

import { Refused } from "./refused.ts";

/** A refusal of an HTTP request as such. */
export class HttpRefused extends Refused {
  readonly httpStatus: number;

  constructor(httpStatus: number, ...refusal: ConstructorParameters<typeof Refused>) {
    super(...refusal);
    this.httpStatus = httpStatus;
  }
}

/** What is wrong with a body, for who sent it. */
export function malformed(why: string): HttpRefused {
  return new HttpRefused(400, "INVALID_ARGUMENT", `the body is not the JSON of a request: ${why}`);
}
