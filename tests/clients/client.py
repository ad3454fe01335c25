"""The scenario with Python's authzed: `python client.py ADDRESS TOKEN STEPS.json` prints what comes of each step, one JSON a line."""

import json
import re
import sys

import grpc
from authzed.api.v1 import (
    InsecureClient,
    experimental_service_pb2,
    permission_service_pb2,
    schema_service_pb2,
    watch_service_pb2,
)
from google.protobuf import json_format, message_factory
from google.rpc import error_details_pb2, status_pb2

SERVICES = [
    permission_service_pb2.DESCRIPTOR.services_by_name["PermissionsService"],
    schema_service_pb2.DESCRIPTOR.services_by_name["SchemaService"],
    watch_service_pb2.DESCRIPTOR.services_by_name["WatchService"],
    experimental_service_pb2.DESCRIPTOR.services_by_name["ExperimentalService"],
]
METHODS = {method.name: method for service in SERVICES for method in service.methods}
STREAMS = {"ReadRelationships", "LookupResources", "LookupSubjects", "Watch", "ExportBulkRelationships", "BulkExportRelationships"}


def filled(value, saved):
    """Replaces `${name}` by what was saved under it."""
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: saved.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [filled(item, saved) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, saved) for key, item in value.items()}
    return value


def asked(client, step, saved):
    method = METHODS[step["method"]]
    kind = message_factory.GetMessageClass(method.input_type)
    call = getattr(client, method.name)
    try:
        if "requests" in step:
            answers = [call(json_format.ParseDict(filled(request, saved), kind()) for request in step["requests"])]
        else:
            request = json_format.ParseDict(filled(step["request"], saved), kind())
            answers = streamed(call(request), step.get("take")) if method.name in STREAMS else [call(request)]
        return {"responses": [json_format.MessageToDict(answer) for answer in answers]}
    except grpc.RpcError as error:
        return {"error": told(error)}


def streamed(call, take):
    messages = []
    for message in call:
        messages.append(message)
        if len(messages) == take:
            call.cancel()
            break
    return messages


def told(error):
    found = {"code": error.code().name, "message": error.details()}
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            for packed in status.details:
                info = error_details_pb2.ErrorInfo()
                if packed.Unpack(info):
                    found.update(reason=info.reason, domain=info.domain, metadata=dict(info.metadata))
    return found


def main(address, token, steps):
    client = InsecureClient(address, token)
    saved = {}
    with open(steps, encoding="utf-8") as file:
        for step in json.load(file):
            found = asked(client, step, saved)
            for name, path in step.get("save", {}).items():
                value = found["responses"][0]
                for key in path.split("."):
                    value = value[key]
                saved[name] = value
            print(json.dumps({"name": step["name"], **found}), flush=True)


main(*sys.argv[1:])
