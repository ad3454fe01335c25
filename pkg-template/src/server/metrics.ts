// What is counted of the calls that a server answers.

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
