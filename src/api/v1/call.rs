//! The methods by name, with JSON in and out.

use super::field::{self, FieldError, FromJson, ToJson};
use super::messages::{ImportBulkRelationshipsRequest, WatchRequest};
use super::{Import, Service, Watch};
use crate::api::{Error, Json, Peppercorn, Reason};
use crate::model::limits::MAX_REQUEST_BYTES;
use crate::model::{Timestamp, Value};

/// What a method gives.
pub enum Reply {
    /// One message.
    One(String),
    /// A stream of messages that comes to an end.
    Many(Texts),
    /// A stream that goes on.
    Watch(Watch),
}

/// Messages as JSON texts, each made when it is asked for.
pub struct Texts(Box<dyn Iterator<Item = String>>);

impl Iterator for Texts {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.0.next()
    }
}

impl Service<'_> {
    /// Calls a method by its name in the proto files, such as `CheckPermission`, with its request as proto3 JSON. An import is no such
    /// method: it is an [`Import`]. The older names that ExperimentalService has for some of them are taken too.
    ///
    /// # Errors
    /// An unknown method; a request that is no JSON, has a field that the message has not, or a value that the field may not have;
    /// then as the method.
    pub fn call(&mut self, method: &str, request: &str) -> Result<Reply, Error> {
        let json = parse(request)?;
        match method {
            "CheckPermission" => one(json, |request| self.check_permission(request)),
            "CheckBulkPermissions" | "BulkCheckPermission" => one(json, |request| self.check_bulk_permissions(request)),
            "ExpandPermissionTree" => one(json, |request| self.expand_permission_tree(request)),
            "LookupResources" => many(json, |request| self.lookup_resources(request)),
            "LookupSubjects" => many(json, |request| self.lookup_subjects(request)),
            "ReadRelationships" => many(json, |request| self.read_relationships(request)),
            "WriteRelationships" => one(json, |request| self.write_relationships(request)),
            "DeleteRelationships" => one(json, |request| self.delete_relationships(request)),
            "ExportBulkRelationships" | "BulkExportRelationships" => {
                many(json, |request| self.export_bulk_relationships(request))
            }
            "ReadSchema" => one(json, |request| self.read_schema(request)),
            "WriteSchema" => one(json, |request| self.write_schema(request)),
            "PlanSchema" => one(json, |request| self.plan_schema(request)),
            "ReflectSchema" | "ExperimentalReflectSchema" => one(json, |request| self.reflect_schema(request)),
            "DiffSchema" | "ExperimentalDiffSchema" => one(json, |request| self.diff_schema(request)),
            "ComputablePermissions" | "ExperimentalComputablePermissions" => {
                one(json, |request| self.computable_permissions(request))
            }
            "DependentRelations" | "ExperimentalDependentRelations" => one(json, |request| self.dependent_relations(request)),
            "ExperimentalRegisterRelationshipCounter" => one(json, |request| self.register_relationship_counter(request)),
            "ExperimentalCountRelationships" => one(json, |request| self.count_relationships(request)),
            "ExperimentalUnregisterRelationshipCounter" => one(json, |request| self.unregister_relationship_counter(request)),
            "Watch" => {
                let mut request = WatchRequest::default();
                read(&mut request, json)?;
                Ok(Reply::Watch(self.watch(&request)?))
            }
            _ => Err(Error::plain(Reason::UnknownMethod, format!("unknown method `{method}`"))),
        }
    }
}

impl Service<'_> {
    /// As [`Self::import_bulk_relationships`], with the response as proto3 JSON.
    ///
    /// # Errors
    /// As [`Self::import_bulk_relationships`].
    pub fn import_json(&mut self, import: &Import) -> Result<String, Error> {
        Ok(write(&self.import_bulk_relationships(import)?))
    }
}

impl Import {
    /// Takes a message of the stream as proto3 JSON.
    ///
    /// # Errors
    /// As [`Import::add`]; JSON that is no such message.
    pub fn add_json(&mut self, request: &str) -> Result<(), Error> {
        let mut message = ImportBulkRelationshipsRequest::default();
        read(&mut message, parse(request)?)?;
        self.add(&message)
    }
}

fn parse(request: &str) -> Result<Value, Error> {
    if request.len() > MAX_REQUEST_BYTES {
        let message = format!("the request is {} bytes, more than {MAX_REQUEST_BYTES}", request.len());
        return Err(Error::plain(Reason::InvalidArgument, message));
    }
    Value::parse_object(request).map(Value::Object).map_err(|error| malformed(&FieldError::new(error.message)))
}

fn one<Request: FromJson + Default, Response: ToJson>(
    json: Value,
    answer: impl FnOnce(&Request) -> Result<Response, Error>,
) -> Result<Reply, Error> {
    let mut request = Request::default();
    read(&mut request, json)?;
    Ok(Reply::One(write(&answer(&request)?)))
}

fn many<Request: FromJson + Default, Responses: IntoIterator<Item: ToJson, IntoIter: 'static>>(
    json: Value,
    answer: impl FnOnce(&Request) -> Result<Responses, Error>,
) -> Result<Reply, Error> {
    let mut request = Request::default();
    read(&mut request, json)?;
    Ok(Reply::Many(Texts(Box::new(answer(&request)?.into_iter().map(|response| write(&response))))))
}

/// Fills a message with what JSON says.
///
/// # Errors
/// Where the JSON is not of that message.
fn read(message: &mut dyn FromJson, json: Value) -> Result<(), Error> {
    field::read(message, json).map_err(|error| malformed(&error))
}

impl Watch {
    /// As [`Watch::next`], as proto3 JSON.
    ///
    /// # Errors
    /// As [`Watch::next`].
    pub fn next_json(&mut self, engine: &Peppercorn, now: Timestamp) -> Result<Option<String>, Error> {
        Ok(self.next(engine, now)?.map(|message| write(&message)))
    }
}

/// A message as JSON.
fn write(message: &dyn ToJson) -> String {
    Json::of(|out| field::write(message.shape(), out))
}

fn malformed(error: &FieldError) -> Error {
    Error::plain(Reason::InvalidArgument, format!("the request is not well-formed: {error}"))
}
