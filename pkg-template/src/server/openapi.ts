// `GET /openapi.json`: what the gateway serves, as OpenAPI 3.1. The schemas of messages are made from the proto files when the package is built.

import schemas from "#schemas";
import { METHODS, type Method } from "./methods.ts";

declare const PEPPERCORN_VERSION: string;

const refer = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ "application/json": { schema } });

let made: string | undefined;

/** The document. */
export function openapi(): string {
  return (made ??= JSON.stringify({
    openapi: "3.1.0",
    info: {
      title: "SpiceDB's v1 API, served by Peppercorn",
      version: PEPPERCORN_VERSION,
      license: { name: "Apache-2.0 OR MIT", identifier: "Apache-2.0 OR MIT" },
    },
    security: [{ key: [] }],
    paths: {
      ...Object.fromEntries(METHODS.map((method) => [method.path, { post: operation(method) }])),
      "/healthz": { get: plain("Whether the server takes requests", "application/json") },
      "/metrics": { get: plain("What was counted, in Prometheus' text format", "text/plain") },
      "/openapi.json": { get: plain("This document", "application/json") },
    },
    components: { schemas: expanded(), securitySchemes: { key: { type: "http", scheme: "bearer", description: "A preshared key" } } },
  }));
}

/** What proto3's JSON has of its own form, by the letters of `proto/schemas.mjs`. */
const FORMS: Readonly<Record<string, object>> = {
  o: { type: "object", additionalProperties: true },
  a: { type: "object", properties: { "@type": { type: "string" } }, additionalProperties: true },
  t: { type: "string", format: "date-time" },
  d: { type: "string", examples: ["1.5s"] },
  s: { type: "string" },
  y: { type: "string", contentEncoding: "base64" },
  b: { type: "boolean" },
  i: { type: "integer" },
  u: { type: "integer", minimum: 0 },
  l: { type: "string", pattern: "^-?[0-9]+$" },
};

/** The schemas of the messages. */
function expanded(): Record<string, object> {
  const { messages, enums } = schemas();
  const schema = (type: string): object => {
    const rest = type.slice(1);
    switch (type.charAt(0)) {
      case "!":
        return { ...schema(rest), deprecated: true };
      case "*":
        return { type: "array", items: schema(rest) };
      case "%":
        return { type: "object", additionalProperties: schema(rest) };
      case "#":
        return { type: "string", enum: enums[rest] };
      default:
        return FORMS[type] ?? refer(type);
    }
  };
  const field = (text: string): [string, object] => {
    const [name = "", type = ""] = text.split(":");
    return [name, schema(type)];
  };
  const fields = (text: string): object => Object.fromEntries(text.split(" ").filter((one) => one !== "").map(field));
  return Object.fromEntries(Object.entries(messages).map(([name, text]) => [name, { type: "object", properties: fields(text) }]));
}

function operation({ name, service, kind, isWrite }: Method): object {
  const isStream = kind === "streaming" || kind === "watching";
  const response = refer(`${name}Response`);
  const refusal = { description: "A refusal", content: json(isStream ? streamed(undefined) : refer("google.rpc.Status")) };
  return {
    operationId: name,
    tags: [service],
    requestBody: {
      required: kind === "importing",
      ...(kind === "importing" ? { description: "One message after the other" } : {}),
      content: json(refer(`${name}Request`)),
    },
    responses: {
      "200": {
        description: isStream ? "Messages, each in a line; `error` for what broke them off, as the last" : "The response",
        content: json(isStream ? streamed(response) : response),
      },
      ...(isWrite ? { "503": { ...refusal, description: "The server is read-only, or shutting down" } } : {}),
      default: refusal,
    },
  };
}

/** A line of a stream. */
function streamed(result: object | undefined): object {
  return { type: "object", properties: { ...(result === undefined ? {} : { result }), error: refer("google.rpc.Status") } };
}

function plain(description: string, type: string): object {
  return { security: [], responses: { "200": { description, content: { [type]: {} } } } };
}
