//! CheckPermission and CheckBulkPermissions.

use super::Service;
use super::convert::{context, invalid, partial_caveat_info, permission, permissionship, resource, subject};
use super::debug::debug_information;
use super::messages as v1;
use crate::api::{Answer, CheckItem, Environment, Error, Reason, Snapshot};
use crate::model::Context;
use crate::model::limits::MAX_BULK_CHECKS;
use crate::text::Listed;

/// A check in the engine's words.
struct Check {
    subject: String,
    permission: String,
    resource: String,
    context: Context,
}

impl Check {
    fn of(item: &v1::CheckBulkPermissionsRequestItem) -> Result<Self, Error> {
        let resource = resource(item.resource.as_ref())?;
        let permission = permission(&item.permission)?.to_owned();
        let subject = subject(item.subject.as_ref())?;
        let context = context(item.context.as_ref())?;
        Ok(Self { subject: subject.to_string(), permission, resource: resource.to_string(), context })
    }

    fn item(&self) -> CheckItem<'_> {
        CheckItem { subject: &self.subject, permission: &self.permission, resource: &self.resource, context: Some(&self.context) }
    }

    fn trace(&self, snapshot: &Snapshot, environment: &Environment) -> Result<v1::DebugInformation, Error> {
        let trace = snapshot.trace(&self.subject, &self.permission, &self.resource, environment)?;
        debug_information(&trace, snapshot.program.schema.text())
    }
}

impl Service<'_> {
    /// Whether a subject has a permission on a resource.
    ///
    /// # Errors
    /// SpiceDB's.
    pub fn check_permission(&self, request: &v1::CheckPermissionRequest) -> Result<v1::CheckPermissionResponse, Error> {
        let check = Check::of(&v1::CheckBulkPermissionsRequestItem {
            resource: request.resource.clone(),
            permission: request.permission.clone(),
            subject: request.subject.clone(),
            context: request.context.clone(),
        })?;
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        let environment = Environment::at(self.now).with_context(check.context.clone());
        let answer = snapshot.check(&check.subject, &check.permission, &check.resource, &environment)?;
        let debug_trace = if request.with_tracing { Some(check.trace(&snapshot, &environment)?) } else { None };
        Ok(v1::CheckPermissionResponse {
            checked_at: self.token(&snapshot),
            permissionship: permissionship(&answer),
            partial_caveat_info: partial_caveat_info(&answer),
            debug_trace,
            optional_expires_at: None,
        })
    }

    /// Many checks, each with its own answer or error, in their order.
    ///
    /// # Errors
    /// SpiceDB's, of the request as a whole.
    pub fn check_bulk_permissions(
        &self,
        request: &v1::CheckBulkPermissionsRequest,
    ) -> Result<v1::CheckBulkPermissionsResponse, Error> {
        let count = request.items.len();
        if count > MAX_BULK_CHECKS {
            return Err(invalid(format!("check count of {count} is greater than maximum allowed of {MAX_BULK_CHECKS}"))
                .about("check_count", count.to_string())
                .about("maximum_checks_allowed", MAX_BULK_CHECKS.to_string()));
        }
        let checks = request.items.iter().map(Check::of).listed_or()?;
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        let items: Vec<CheckItem<'_>> = checks.iter().map(Check::item).listed();
        let answers = snapshot.check_many(&items, &Environment::at(self.now));
        let mut pairs = Vec::with_capacity(count);
        for ((asked, check), answer) in request.items.iter().zip(&checks).zip(answers) {
            let answered = answer.and_then(|answer| {
                let environment = || Environment::at(self.now).with_context(check.context.clone());
                let trace = if request.with_tracing { Some(check.trace(&snapshot, &environment())?) } else { None };
                Ok(response_item(&answer, trace))
            });
            let (item, error) = match answered {
                Ok(item) => (Some(item), None),
                Err(error) => (None, Some(v1::RpcStatus::of(&error))),
            };
            pairs.push(v1::CheckBulkPermissionsPair { request: Some(asked.clone()), item, error });
        }
        Ok(v1::CheckBulkPermissionsResponse { checked_at: self.token(&snapshot), pairs })
    }
}

fn response_item(answer: &Answer, debug_trace: Option<v1::DebugInformation>) -> v1::CheckBulkPermissionsResponseItem {
    v1::CheckBulkPermissionsResponseItem {
        permissionship: permissionship(answer),
        partial_caveat_info: partial_caveat_info(answer),
        debug_trace,
    }
}

impl v1::RpcStatus {
    /// The error as gRPC sends it.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        Self { code: error.status.number(), message: error.message.clone(), details: error_info(error).into_iter().listed() }
    }
}

/// What an error is about.
pub(super) fn metadata(error: &Error) -> super::Struct {
    let value = |(key, value): &(&'static str, String)| ((*key).to_owned(), crate::model::Value::String(value.clone()));
    let mut fields: Vec<_> = error.metadata.iter().map(value).listed();
    crate::text::sort_by(&mut fields, |(one, _), (other, _)| one.cmp(other));
    super::Struct(fields)
}

/// `google.rpc.ErrorInfo`, where SpiceDB has a reason for the error or something to say about it.
fn error_info(error: &Error) -> Option<super::Struct> {
    use crate::model::Value::{Object, String};
    let known: Option<Reason> = Some(error.reason).filter(|reason| reason.is_spicedbs());
    let reason = known.map(|reason| format!("ERROR_REASON_{}", reason.as_str()))?;
    let fields = [
        ("@type", String("type.googleapis.com/google.rpc.ErrorInfo".into())),
        ("domain", String("authzed.com".into())),
        ("metadata", Object(metadata(error).0)),
        ("reason", String(reason)),
    ];
    Some(super::Struct(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).listed()))
}
