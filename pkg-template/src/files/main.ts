// The files that Node reads for others: the command line, and a server that starts from one. Bundled once, with the one copy of what
// reads them (`#files`).

export { FileError, beside, bytesOf, fileProblem, readSchemaFile, readValidationFile, schemaAlone, textOf, type FileData } from "./data.ts";
export { call, type Dev, type ValidationFailure, type ValidationReport } from "./dev.ts";
export { INPUT, read, reason } from "./read.ts";
