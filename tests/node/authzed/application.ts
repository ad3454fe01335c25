// An application in TypeScript that speaks to SpiceDB, as it is written for the stock client. `types.test.mjs` compiles it as it stands and
// with no more than its import changed.

import { deadlineInterceptor, protobuf, v1 } from "@authzed/authzed-node";
import * as grpc from "@grpc/grpc-js";

const { promises: client } = v1.NewClient("token", "localhost:50051", v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED);

const withOptions: v1.ZedClientInterface = v1.NewClient("token", "localhost:50051", v1.ClientSecurity.SECURE, undefined, {
  interceptors: [deadlineInterceptor(1000)],
  "grpc.max_receive_message_length": -1,
});

function reference(type: string, id: string): v1.ObjectReference {
  return v1.ObjectReference.create({ objectType: type, objectId: id });
}

const subject: v1.SubjectReference = { object: reference("user", "ann"), optionalRelation: "" };

export async function can(permission: string): Promise<boolean | undefined> {
  const request: v1.CheckPermissionRequest = v1.CheckPermissionRequest.create({
    resource: reference("document", "a"),
    permission,
    subject,
    context: v1.createStructFromObject({ day: "monday" }),
    consistency: { requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } },
  });
  try {
    const { permissionship, checkedAt } = await client.checkPermission(request, new grpc.Metadata(), { deadline: Date.now() + 1000 });
    const token: string | undefined = checkedAt?.token;
    switch (permissionship) {
      case v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION:
        return token !== undefined;
      case v1.CheckPermissionResponse_Permissionship.NO_PERMISSION:
        return false;
      default:
        return undefined;
    }
  } catch (error) {
    const { code, details } = error as grpc.ServiceError;
    if (code === grpc.status.FAILED_PRECONDITION) throw new Error(details);
    throw error;
  }
}

export async function write(): Promise<v1.ZedToken | undefined> {
  const relationship: v1.Relationship = v1.Relationship.create({
    resource: reference("document", "a"),
    relation: "viewer",
    subject,
    optionalExpiresAt: protobuf.Timestamp.now(),
  });
  const updates: v1.RelationshipUpdate[] = [{ operation: v1.RelationshipUpdate_Operation.TOUCH, relationship }];
  const { writtenAt } = await client.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
  return writtenAt;
}

export async function resources(): Promise<string[]> {
  const request = v1.LookupResourcesRequest.create({ resourceObjectType: "document", permission: "view", subject });
  const found: v1.LookupResourcesResponse[] = await client.lookupResources(request);
  const stream: grpc.ClientReadableStream<v1.LookupResourcesResponse> = withOptions.lookupResources(request);
  stream.on("data", (message: v1.LookupResourcesResponse) => found.push(message));
  stream.on("status", ({ code }: grpc.StatusObject) => code);
  for await (const message of withOptions.readRelationships(v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } }))) {
    void (message as v1.ReadRelationshipsResponse).relationship?.resource?.objectId;
  }
  stream.cancel();
  return found.map(({ resourceObjectId }) => resourceObjectId);
}

export function callbacks(): grpc.ClientUnaryCall {
  const stream = withOptions.importBulkRelationships((error, value) => {
    const loaded: string | undefined = value?.numLoaded;
    void [error?.code, loaded];
  });
  stream.write(v1.ImportBulkRelationshipsRequest.create({ relationships: [] }));
  stream.end();
  withOptions.watch(v1.WatchRequest.create()).on("data", ({ updates }: v1.WatchResponse) => updates.length);
  withOptions.close();
  return withOptions.readSchema(v1.ReadSchemaRequest.create(), (error, value) => [error?.details, value?.schemaText]);
}
