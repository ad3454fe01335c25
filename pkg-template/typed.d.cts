/**
 * An engine whose schema the compiler knows: `peppercorn types schema.zed` writes the schema as a type, and {@link Typed} is an engine of it.
 *
 * ```ts
 * import { Peppercorn, type Typed } from "peppercorn";
 * import type { Schema } from "./schema.js";
 *
 * const engine: Typed<Schema> = new Peppercorn({ schema });
 * ```
 *
 * Nothing of this is there at run time: it is the same engine, and takes part in whatever takes an engine.
 *
 * @packageDocumentation
 */

import type {
  AnswerTo,
  CheckManyResult,
  CheckPermissionOptions,
  CheckPermissionResult,
  Count,
  DeleteResult,
  ExpandOptions,
  FoundResource,
  FoundSubject,
  Handle,
  LookupResourcesOptions,
  LookupSubjectsOptions,
  Page,
  Peppercorn,
  PermissionResults,
  PermissionTree,
  Question,
  QuestionOptions,
  ReadOptions,
  RelationshipFilter,
  RelationshipText,
  Snapshot,
  SubjectOptions,
  Subscriber,
  Subscription,
  WatchOptions,
  WriteResult,
  Writes,
} from "./index.cjs";

/** A relation or permission of a schema type. */
export interface MemberTypes {
  /** Who may have it, however it comes about: `user`, or `group#member` for a set that some relation may hold. */
  readonly subjects: string;
  /** The caveats that may decide it. */
  readonly caveats: string;
}

/** A relation of a schema type. */
export interface RelationTypes extends MemberTypes {
  /** What relationships may name, as the schema says it: `user with only_on and expiration`. */
  readonly allows: string;
}

/** What a schema type holds, written by `peppercorn types`. */
export interface SchemaTypes<S extends SchemaTypes<S>> {
  readonly definitions: {
    readonly [Type in keyof S["definitions"]]: {
      readonly relations: { readonly [Relation in keyof S["definitions"][Type]["relations"]]: RelationTypes };
      readonly permissions: { readonly [Permission in keyof S["definitions"][Type]["permissions"]]: MemberTypes };
    };
  };
  /** The parameters of each caveat. */
  readonly caveats: object;
}

/** The types of a schema: `"document" | "user"`. */
export type ResourceType<S extends SchemaTypes<S>> = keyof S["definitions"] & string;

/** A resource as text: `document:readme`. */
export type ResourceOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> = `${Type}:${string}`;

/** The permissions and relations of a type: what may be asked for. */
export type PermissionOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> = Type extends unknown
  ? (keyof S["definitions"][Type]["relations"] | keyof S["definitions"][Type]["permissions"]) & string
  : never;

/** The relations of a type. */
export type RelationOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> = Type extends unknown
  ? keyof S["definitions"][Type]["relations"] & string
  : never;

type Members<S extends SchemaTypes<S>, Type extends ResourceType<S>> = S["definitions"][Type]["relations"] & S["definitions"][Type]["permissions"];

type Member<S extends SchemaTypes<S>, Type extends ResourceType<S>, Permission> = Type extends unknown
  ? Members<S, Type>[Permission & keyof Members<S, Type>]
  : never;

/** `user`, `group#member`: the notation of a subject, who may have the permission. */
type Reached<S extends SchemaTypes<S>, Type extends ResourceType<S>, Permission> =
  Member<S, Type, Permission> extends infer Found ? (Found extends MemberTypes ? Found["subjects"] : never) : never;

/** A subject in the schema's notation as text. */
type Text<Notation extends string> = Notation extends `${infer Type}#${infer Relation}` ? `${Type}:${string}#${Relation}` : `${Notation}:${string}`;

/**
 * A subject that may have the permission, as text: `user:alice`, `group:eng#member`. Any other has it only as SpiceDB's quirks go: a set is in
 * itself, and everyone is every set of theirs.
 */
export type SubjectOf<
  S extends SchemaTypes<S>,
  Type extends ResourceType<S> = ResourceType<S>,
  Permission extends PermissionOf<S, Type> = PermissionOf<S, Type>,
> = Text<Reached<S, Type, Permission>>;

type TypeOf<Notation extends string> = Notation extends `${infer Type}#${string}` ? Type : Notation;

/** The types of subjects that may have the permission: what subjects are looked up by. */
export type SubjectTypeOf<
  S extends SchemaTypes<S>,
  Type extends ResourceType<S> = ResourceType<S>,
  Permission extends PermissionOf<S, Type> = PermissionOf<S, Type>,
> = TypeOf<Reached<S, Type, Permission>>;

type RelationWithin<Notation extends string, Type extends string> = Notation extends `${Type}#${infer Relation}` ? Relation : never;

type CaveatOf<S extends SchemaTypes<S>, Type extends ResourceType<S>, Permission> =
  Member<S, Type, Permission> extends infer Found ? (Found extends MemberTypes ? Found["caveats"] : never) : never;

type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;

type ValueOfAny<Union, Key> = Union extends unknown ? (Key extends keyof Union ? Union[Key] : never) : never;

type Optional<Parameters> = [Parameters] extends [never]
  ? { readonly [name: string]: never }
  : { readonly [Name in KeyOfAny<Parameters>]?: ValueOfAny<Parameters, Name> };

/** Values for the parameters of the caveats that may decide the permission, each of its type. What is not given is not known. */
export type ContextOf<
  S extends SchemaTypes<S>,
  Type extends ResourceType<S> = ResourceType<S>,
  Permission extends PermissionOf<S, Type> = PermissionOf<S, Type>,
> = Optional<S["caveats"][CaveatOf<S, Type, Permission> & keyof S["caveats"]]>;

/** A subject as a relationship names it. */
type Named<Notation extends string> = Notation extends `${infer Type}:*`
  ? `${Type}:*`
  : Notation extends `${infer Type}#${infer Relation}`
    ? `${Type}:${string}#${Relation}`
    : `${Notation}:${string}`;

type Caveated<Caveat extends string> = `[${Caveat}]` | `[${Caveat}:${string}]`;

/** What a relationship says after its relation, by how the schema allows it. */
type Allowed<Notation extends string> = Notation extends `${infer Subject} with ${infer Traits}`
  ? Traits extends "expiration"
    ? `${Named<Subject>}[expiration:${string}]`
    : Traits extends `${infer Caveat} and expiration`
      ? `${Named<Subject>}${Caveated<Caveat>}[expiration:${string}]`
      : `${Named<Subject>}${Caveated<Traits>}`
  : Named<Notation>;

type RelationsOf<S extends SchemaTypes<S>, Type extends ResourceType<S>> = S["definitions"][Type]["relations"];

type Allows<Relation> = Relation extends RelationTypes ? Relation["allows"] : never;

type Plain<Notation extends string> = Notation extends `${infer Subject} with ${string}` ? Subject : Notation;

/**
 * A relationship as text: its resource's type, its relation, and a subject that the schema allows there, with the caveat and expiration
 * that it must have.
 */
export type RelationshipOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> = {
  [Of in Type]: {
    [Relation in RelationOf<S, Of>]: `${Of}:${string}#${Relation}@${Allowed<Allows<RelationsOf<S, Of>[Relation]>>}`;
  }[RelationOf<S, Of>];
}[Type];

/** The same where a caveat and an expiration are left out. */
type AnyRelationshipOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> = {
  [Of in Type]: {
    [Relation in RelationOf<S, Of>]: `${Of}:${string}#${Relation}@${Named<Plain<Allows<RelationsOf<S, Of>[Relation]>>>}`;
  }[RelationOf<S, Of>];
}[Type];

/** One change of a batch. To delete a relationship, its caveat and expiration need not be said. */
export type UpdateOf<S extends SchemaTypes<S>> =
  | { readonly operation: "CREATE" | "TOUCH"; readonly relationship: RelationshipOf<S> }
  | { readonly operation: "DELETE"; readonly relationship: RelationshipOf<S> | AnyRelationshipOf<S> };

/** What stands in a text, in the schema's notation: `user`, `user:*`, `group#member`. */
type NotationOf<Subject extends string> = Subject extends `${infer Type}:*`
  ? `${Type}:*`
  : Subject extends `${infer Type}:${string}#${infer Relation}`
    ? `${Type}#${Relation}`
    : Subject extends `${infer Type}:${string}`
      ? Type
      : Subject;

/** `[caveat:{…}][expiration:…]` likewise, without the first bracket: `caveat and expiration`. */
type TraitsOf<Text extends string> = Text extends `expiration:${string}`
  ? "expiration"
  : Text extends `${infer Caveat}][expiration:${string}`
    ? `${CaveatIn<Caveat>} and expiration`
    : CaveatIn<Text>;

type CaveatIn<Text extends string> = Text extends `${infer Caveat}:${string}` ? Caveat : Text extends `${infer Caveat}]${string}` ? Caveat : Text;

type AllowedAs<Text extends string> = Text extends `${infer Subject}[${infer Traits}` ? `${NotationOf<Subject>} with ${TraitsOf<Traits>}` : NotationOf<Text>;

/**
 * Which relationships of updates the schema does not allow: a template such as `user:${string}` alone would also take `user:*`, a caveat
 * and more.
 */
type Refused<S extends SchemaTypes<S>, Update> = Update extends { readonly operation: infer Operation; readonly relationship: infer Text }
  ? RefusedText<S, Text, Operation>
  : never;

type RefusedText<S extends SchemaTypes<S>, Text, Operation> = Text extends `${infer Type}:${string}#${infer Relation}@${infer Subject}`
  ? AllowedAs<Subject> extends AllowsOf<S, Type, Relation, Operation>
    ? never
    : `${Type}#${Relation}@${AllowedAs<Subject>}`
  : never;

type AllowsOf<S extends SchemaTypes<S>, Type extends string, Relation extends string, Operation> =
  Allows<RelationsOf<S, Type & ResourceType<S>>[Relation & keyof RelationsOf<S, Type & ResourceType<S>>]> extends infer Notation
    ? Notation extends string
      ? Notation | (Operation extends "DELETE" ? Plain<Notation> : never)
      : never
    : never;

/** The options of a question, with the context that the permission takes and relationships that the schema allows. */
type Under<Options, S extends SchemaTypes<S>, Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>> = Omit<
  Options,
  "context" | "relationships"
> & {
  readonly context?: ContextOf<S, Type, Permission> | undefined;
  /** A text with one a line is not looked into. */
  readonly relationships?: string | readonly RelationshipOf<S>[] | undefined;
};

/** One question of `checkMany`. */
export type CheckItemOf<S extends SchemaTypes<S>> = {
  [Type in ResourceType<S>]: {
    readonly subject: SubjectOf<S, Type>;
    readonly permission: PermissionOf<S, Type>;
    readonly resource: ResourceOf<S, Type>;
    readonly context?: ContextOf<S, Type> | undefined;
  };
}[ResourceType<S>];

/** What can be subscribed to: of a type and permission. */
export type QuestionOf<
  S extends SchemaTypes<S>,
  Type extends ResourceType<S> = ResourceType<S>,
  Permission extends PermissionOf<S, Type> = PermissionOf<S, Type>,
> =
  | readonly [
      call: "can" | "checkPermission",
      subject: SubjectOf<S, Type, Permission>,
      permission: Permission,
      resource: ResourceOf<S, Type>,
      options?: Under<QuestionOptions, S, Type, Permission> | undefined,
    ]
  | readonly [
      call: "permissions",
      subject: SubjectOf<S, Type>,
      resource: ResourceOf<S, Type>,
      options?: Under<QuestionOptions, S, Type, PermissionOf<S, Type>> | undefined,
    ]
  | readonly [
      call: "lookupResources",
      subject: SubjectOf<S, Type, Permission>,
      permission: Permission,
      resourceType: Type,
      options?: Under<LookupResourcesOptions, S, Type, Permission> | undefined,
    ]
  | readonly [
      call: "lookupSubjects",
      resource: ResourceOf<S, Type>,
      permission: Permission,
      subjectType: SubjectTypeOf<S, Type, Permission>,
      options?: WithRelation<Under<LookupSubjectsOptions, S, Type, Permission>, RelationWithin<Reached<S, Type, Permission>, string>> | undefined,
    ];

/** The type of resources that a question is about. */
type AskedType<Asked> = Asked extends readonly ["can" | "checkPermission", unknown, unknown, infer Resource, ...unknown[]]
  ? TypeIn<Resource>
  : Asked extends readonly ["permissions", unknown, infer Resource, ...unknown[]]
    ? TypeIn<Resource>
    : Asked extends readonly ["lookupSubjects", infer Resource, ...unknown[]]
      ? TypeIn<Resource>
      : Asked extends readonly ["lookupResources", unknown, unknown, infer Type, ...unknown[]]
        ? Type
        : never;

type TypeIn<Resource> = Resource extends `${infer Type}:${string}` ? Type : never;

/** Its permission; of `permissions`, whichever. */
type AskedPermission<Asked> = Asked extends readonly ["permissions", ...unknown[]] ? unknown : Asked extends readonly [unknown, unknown, infer Permission, ...unknown[]] ? Permission : never;

/** Names in the context of a question that no caveat on the way has. */
type StrangeName<S extends SchemaTypes<S>, Asked, Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>> = Asked extends readonly [
  ...unknown[],
  { readonly context: infer Context },
]
  ? Exclude<keyof Context, keyof ContextOf<S, Type, Permission>>
  : never;

/** Every question, for editors to complete one; no call has the property. */
type Suggested<S extends SchemaTypes<S>> = QuestionOf<S> & { readonly "for editors": never };

/**
 * Anything, where the question makes sense. As part of a parameter, rather than as a bound of its type, it leaves the engine one that goes
 * wherever an engine goes.
 */
type Sensible<
  S extends SchemaTypes<S>,
  Asked,
  Type extends ResourceType<S> = AskedType<Asked> & ResourceType<S>,
  Permission extends PermissionOf<S, Type> = AskedPermission<Asked> & PermissionOf<S, Type>,
> = [Asked, StrangeName<S, Asked, Type, Permission>] extends [QuestionOf<S, Type, Permission>, never]
  ? unknown
  : { readonly "makes no sense under the schema": [Type] extends [never] ? QuestionOf<S> : QuestionOf<S, Type> };

/** Which relationships are meant: of a type, the relations that it has and the subjects that they may hold. */
export type FilterOf<S extends SchemaTypes<S>, Type extends ResourceType<S> = ResourceType<S>> =
  | { [Of in Type]: Filter<Of, RelationOf<S, Of>, Plain<Allows<RelationsOf<S, Of>[RelationOf<S, Of>]>>> }[Type]
  | (ResourceType<S> extends Type ? Filter<never, RelationOf<S>, Plain<Allows<AnyRelation<S>>>> : never);

type AnyRelation<S extends SchemaTypes<S>> = { [Type in ResourceType<S>]: RelationsOf<S, Type>[RelationOf<S, Type>] }[ResourceType<S>];

type Filter<Type extends string, Relation extends string, Notation extends string> = Omit<
  RelationshipFilter,
  "resourceType" | "relation" | "subjectType" | "subjectRelation"
> & {
  readonly resourceType?: Type;
  readonly relation?: Relation;
  readonly subjectType?: TypeOf<Notation extends `${infer Subject}:*` ? Subject : Notation>;
  readonly subjectRelation?: RelationWithin<Notation, string> | "...";
};

/** The questions of an engine, of a schema that the compiler knows. */
export interface TypedQuestions<S extends SchemaTypes<S>> {
  /** `Questions.can` */
  can<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>>(
    subject: SubjectOf<S, Type, Permission> | Handle,
    permission: Permission,
    resource: ResourceOf<S, Type> | Handle,
    options?: Under<QuestionOptions, S, Type, Permission>,
  ): boolean;

  /** `Questions.canMany` */
  canMany<Permission extends PermissionOf<S>>(
    subjects: Handle | Uint32Array,
    permission: Permission,
    resources: Handle | Uint32Array,
    options?: Under<QuestionOptions, S, ResourceType<S>, Permission>,
  ): Uint8Array;

  /** `Questions.checkPermission` */
  checkPermission<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>>(
    subject: SubjectOf<S, Type, Permission>,
    permission: Permission,
    resource: ResourceOf<S, Type>,
    options?: Under<CheckPermissionOptions, S, Type, Permission>,
  ): CheckPermissionResult;

  /** `Questions.checkMany` */
  checkMany(items: readonly CheckItemOf<S>[], options?: Under<QuestionOptions, S, ResourceType<S>, PermissionOf<S>>): CheckManyResult[];

  /** `Questions.permissions`: each permission of the resource's type by its name. */
  permissions<Type extends ResourceType<S>>(
    subject: SubjectOf<S, Type>,
    resource: ResourceOf<S, Type>,
    options?: Under<QuestionOptions, S, Type, PermissionOf<S, Type>>,
  ): PermissionResults<keyof S["definitions"][Type]["permissions"] & string>;

  /** `Questions.lookupResources` */
  lookupResources<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>>(
    subject: SubjectOf<S, Type, Permission>,
    permission: Permission,
    resourceType: Type,
    options?: Under<LookupResourcesOptions, S, Type, Permission>,
  ): Page<FoundResource>;

  /** `Questions.lookupSubjects` */
  lookupSubjects<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>, Subject extends SubjectTypeOf<S, Type, Permission>>(
    resource: ResourceOf<S, Type>,
    permission: Permission,
    subjectType: Subject,
    options?: WithRelation<Under<LookupSubjectsOptions, S, Type, Permission>, RelationWithin<Reached<S, Type, Permission>, Subject>>,
  ): Page<FoundSubject>;

  /** `Questions.countResources` */
  countResources<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>>(
    subject: SubjectOf<S, Type, Permission>,
    permission: Permission,
    resourceType: Type,
    options?: Under<QuestionOptions, S, Type, Permission>,
  ): Count;

  /** `Questions.countSubjects` */
  countSubjects<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>, Subject extends SubjectTypeOf<S, Type, Permission>>(
    resource: ResourceOf<S, Type>,
    permission: Permission,
    subjectType: Subject,
    options?: WithRelation<Under<QuestionOptions & SubjectOptions, S, Type, Permission>, RelationWithin<Reached<S, Type, Permission>, Subject>>,
  ): Count;

  /** `Questions.expand` */
  expand<Type extends ResourceType<S>, Permission extends PermissionOf<S, Type>>(
    permission: Permission,
    resource: ResourceOf<S, Type>,
    options?: Omit<ExpandOptions, "relationships"> & { readonly relationships?: string | readonly RelationshipOf<S>[] | undefined },
  ): PermissionTree;

  /** `Questions.read` */
  read(filter: FilterOf<S>, options?: ReadOptions): Generator<RelationshipText, void, undefined>;
}

type WithRelation<Options, Relation> = Omit<Options, "subjectRelation"> & { readonly subjectRelation?: Relation | undefined };

/** A snapshot of an engine whose schema the compiler knows. */
export interface TypedSnapshot<S extends SchemaTypes<S>> extends Omit<Snapshot, keyof TypedQuestions<S>>, TypedQuestions<S> {}

/** What is different in an engine whose schema the compiler knows. */
interface TypedEngine<S extends SchemaTypes<S>> extends TypedQuestions<S> {
  /** `Peppercorn.id` */
  id(object: ResourceOf<S> | SubjectOf<S>): Handle;

  /** `Peppercorn.write` */
  write<const Updates extends readonly UpdateOf<S>[]>(
    updates: Updates & ([Refused<S, Updates[number]>] extends [never] ? unknown : { readonly "not allowed by the schema": Refused<S, Updates[number]> }),
  ): WriteResult;

  /** `Peppercorn.delete` */
  delete(filter: FilterOf<S>): DeleteResult;

  /** `Peppercorn.watch` */
  watch(options?: Omit<WatchOptions, "filter"> & { readonly filter?: FilterOf<S> | readonly FilterOf<S>[] | undefined }): Writes;

  /** `Peppercorn.subscribe` */
  subscribe<const Asked extends Question>(question: (Asked & Sensible<S, Asked>) | Suggested<S>, callback: Subscriber<AnswerTo<Asked>>): Subscription<AnswerTo<Asked>>;

  /** `Peppercorn.snapshot` */
  snapshot(): TypedSnapshot<S>;

  /** `Peppercorn.at` */
  at(token: string): TypedSnapshot<S>;

  /** `Peppercorn.fork` */
  fork(): Typed<S>;
}

/**
 * An engine whose schema the compiler knows. Each method is that of `Peppercorn`, of which its documentation is there, with arguments
 * that make sense under the schema. It does not look whether the engine has that schema.
 */
export interface Typed<S extends SchemaTypes<S>> extends Omit<Peppercorn, keyof TypedEngine<S>>, TypedEngine<S> {}
