// Passes on the one copy that `require` gets too, so that a token has one store in a process, whichever way it was imported.
export { v1, protobuf, deadlineInterceptor, storeOf, forget, clientOf } from "./authzed.cjs";
