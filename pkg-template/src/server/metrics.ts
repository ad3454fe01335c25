// What is counted of the calls that a server answers, under the names of SpiceDB's metrics, in Prometheus' text format.

import { METHODS, fullName } from "./methods.ts";

/** Takes note of calls. */
export interface Metrics {
  /**
   * A call is over.
   *
   * @param kind the way that it came
   * @param method `authzed.api.v1.PermissionsService/CheckPermission`
   * @param code a name of gRPC's codes, `OK` among them
   * @param seconds how long it took
   */
  observe(kind: "grpc" | "http", method: string, code: string, seconds: number): void;
}

/** A number at this moment. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly type?: "gauge" | "counter";
  /** The labels as they are written, in braces. */
  readonly labels?: string;
  value(): number;
}

/** Metrics that can be read. */
export interface Registry extends Metrics {
  /** Everything, in Prometheus' text format. */
  text(): string;
}

/** Upper bounds in seconds: those of Prometheus' own clients, and two below for calls that stay in the process. */
const BOUNDS = [0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Durations, by how long they were. */
class Histogram {
  readonly #counts = BOUNDS.map(() => 0);
  #sum = 0;
  #count = 0;

  observe(seconds: number): void {
    this.#sum += seconds;
    this.#count += 1;
    const place = BOUNDS.findIndex((bound) => seconds <= bound);
    if (place >= 0) this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  *lines(name: string, labels: string): Generator<string> {
    let below = 0;
    for (const [place, bound] of BOUNDS.entries()) {
      below += this.#counts[place] ?? 0;
      yield `${name}_bucket{${labels},le="${bound}"} ${below}`;
    }
    yield `${name}_bucket{${labels},le="+Inf"} ${this.#count}`;
    yield `${name}_sum{${labels}} ${this.#sum}`;
    yield `${name}_count{${labels}} ${this.#count}`;
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ["unary", "unary"],
  ["streaming", "server_stream"],
  ["watching", "server_stream"],
  ["importing", "client_stream"],
]);
const KINDS: ReadonlyMap<string, string> = new Map([
  ...METHODS.map((method) => [fullName(method), TYPES.get(method.kind) ?? ""] as const),
  ["grpc.health.v1.Health/Check", "unary"],
  ["grpc.health.v1.Health/Watch", "server_stream"],
  ["grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "bidi_stream"],
  ["grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "bidi_stream"],
]);

/** Metrics with these gauges besides what is counted. */
export function registryOf(gauges: readonly Gauge[]): Registry {
  const handled = new Map<string, number>();
  const handling = new Map<string, Histogram>();
  const gateway = new Histogram();
  return {
    observe(kind, method, code, seconds) {
      // Names that no method has come from clients, who may think of as many as they like.
      const type = KINDS.get(method);
      const [service = "", name = ""] = type === undefined ? ["unknown", "unknown"] : method.split("/");
      const labels = `grpc_method="${name}",grpc_service="${service}",grpc_type="${type ?? "unary"}"`;
      const counted = `grpc_code="${camelCase(code)}",${labels}`;
      handled.set(counted, (handled.get(counted) ?? 0) + 1);
      const histogram = handling.get(labels) ?? new Histogram();
      handling.set(labels, histogram);
      histogram.observe(seconds);
      if (kind === "http") gateway.observe(seconds);
    },
    text() {
      const lines: string[] = [];
      const begin = (name: string, type: string, help: string): void => void lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      begin("grpc_server_handled_total", "counter", "Calls that are over, whether they went well or not, by gRPC and by HTTP.");
      for (const [labels, count] of sorted(handled)) lines.push(`grpc_server_handled_total{${labels}} ${count}`);
      begin("grpc_server_handling_seconds", "histogram", "How long calls took, streams until their end.");
      for (const [labels, histogram] of sorted(handling)) lines.push(...histogram.lines("grpc_server_handling_seconds", labels));
      begin("spicedb_rest_gateway_request_duration_seconds", "histogram", "How long calls by HTTP took, streams until their end.");
      lines.push(...gateway.lines("spicedb_rest_gateway_request_duration_seconds", 'method="post"'));
      for (const { name, help, type = "gauge", labels = "", value } of gauges) {
        begin(name, type, help);
        lines.push(`${name}${labels} ${value()}`);
      }
      return `${lines.join("\n")}\n`;
    },
  };
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `INVALID_ARGUMENT` as `InvalidArgument`, which is how Go's servers label codes. */
function camelCase(code: string): string {
  if (code === "OK") return code;
  return code === "CANCELLED" ? "Canceled" : code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
