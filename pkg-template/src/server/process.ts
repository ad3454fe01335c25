// Gauges of the process, under Prometheus' usual names.

import { performance } from "node:perf_hooks";
import type { Gauge } from "./metrics.ts";

declare const PEPPERCORN_VERSION: string;

export function processGauges(): readonly Gauge[] {
  const start = (Date.now() - process.uptime() * 1000) / 1000;
  return [
    {
      name: "peppercorn_build_info",
      help: "The version.",
      labels: `{version="${PEPPERCORN_VERSION}"}`,
      value: () => 1,
    },
    { name: "process_resident_memory_bytes", help: "Resident memory.", value: () => process.memoryUsage.rss() },
    {
      name: "process_cpu_seconds_total",
      help: "Processor time, of the user and the system.",
      type: "counter",
      value: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    },
    { name: "process_start_time_seconds", help: "When the process began, in seconds since 1970.", value: () => start },
    {
      name: "nodejs_eventloop_utilization",
      help: "How much of its time the event loop has been busy, from 0 to 1.",
      value: () => performance.eventLoopUtilization().utilization,
    },
  ];
}
