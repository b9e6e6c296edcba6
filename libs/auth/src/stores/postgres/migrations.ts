/** One step of the schema's history. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** The schema's history, oldest step first. Made of the folder `drizzle` by `npm run migrations`. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '0000_first',
    statements: [
      `CREATE TABLE "gatehouse"."api_keys" (
	"key_id" text collate "C" PRIMARY KEY NOT NULL,
	"key_hash" text NOT NULL,
	"key_start" text,
	"name" text NOT NULL,
	"user_id" text NOT NULL,
	"org_id" text,
	"permissions" text[] NOT NULL,
	"rate_limit" json,
	"expires_at" timestamp (3) with time zone,
	"is_active" boolean NOT NULL,
	"metadata" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"replaced_by" text,
	"replaced_at" timestamp (3) with time zone
);`,
      `CREATE TABLE "gatehouse"."refresh_tokens" (
	"token_hash" text collate "C" PRIMARY KEY NOT NULL,
	"session_id" text collate "C" NOT NULL,
	"rotated_at" timestamp (3) with time zone,
	"next_hash" text,
	"sealed_next" text
);`,
      `CREATE TABLE "gatehouse"."revocations" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gatehouse"."revocations_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);`,
      `CREATE TABLE "gatehouse"."sessions" (
	"session_id" text collate "C" PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"org_id" text,
	"email" text,
	"name" text,
	"permissions" text[] NOT NULL,
	"metadata" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"access_tokens_end_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone
);`,
      `ALTER TABLE "gatehouse"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "gatehouse"."sessions"("session_id") ON DELETE cascade ON UPDATE no action;`,
      `CREATE UNIQUE INDEX "api_keys_key_hash" ON "gatehouse"."api_keys" USING btree ("key_hash");`,
      `CREATE INDEX "api_keys_creation" ON "gatehouse"."api_keys" USING btree ("created_at","key_id");`,
      `CREATE INDEX "api_keys_user" ON "gatehouse"."api_keys" USING btree ("user_id","created_at","key_id");`,
      `CREATE INDEX "api_keys_org" ON "gatehouse"."api_keys" USING btree ("org_id","created_at","key_id");`,
      `CREATE INDEX "refresh_tokens_session" ON "gatehouse"."refresh_tokens" USING btree ("session_id");`,
      `CREATE INDEX "revocations_expiry" ON "gatehouse"."revocations" USING btree ("expires_at");`,
      `CREATE INDEX "sessions_user" ON "gatehouse"."sessions" USING btree ("user_id","created_at","session_id");`,
    ],
  },
  {
    name: '0001_signing-keys',
    statements: [
      `CREATE TABLE "gatehouse"."signing_keys" (
	"key_id" text collate "C" PRIMARY KEY NOT NULL,
	"algorithm" text NOT NULL,
	"state" text NOT NULL,
	"sealed_key" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);`,
      `CREATE UNIQUE INDEX "signing_keys_active" ON "gatehouse"."signing_keys" USING btree ("state") WHERE state = 'active';`,
    ],
  },
  {
    name: '0002_people',
    statements: [
      `CREATE TABLE "gatehouse"."audit_entries" (
	"entry_id" text collate "C" PRIMARY KEY NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"actor_id" text,
	"actor_org_id" text,
	"actor_provider" text,
	"actor_credential_id" text,
	"target" text,
	"request_id" text,
	"ip" text,
	"details" json NOT NULL
);`,
      `CREATE TABLE "gatehouse"."one_time_tokens" (
	"token_hash" text collate "C" PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"binding" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);`,
      `CREATE TABLE "gatehouse"."roles" (
	"role_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gatehouse"."roles_role_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text collate "C" NOT NULL,
	"org_id" text collate "C",
	"description" text,
	"permissions" json NOT NULL,
	"inherits" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);`,
      `CREATE TABLE "gatehouse"."subject_grants" (
	"subject_id" text collate "C" NOT NULL,
	"grant" text collate "C" NOT NULL,
	CONSTRAINT "subject_grants_subject_id_grant_pk" PRIMARY KEY("subject_id","grant")
);`,
      `CREATE TABLE "gatehouse"."subject_roles" (
	"subject_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	CONSTRAINT "subject_roles_subject_id_name_pk" PRIMARY KEY("subject_id","name")
);`,
      `CREATE TABLE "gatehouse"."users" (
	"user_id" text collate "C" PRIMARY KEY NOT NULL,
	"email" text collate "C" NOT NULL,
	"name" text,
	"lower_name" text,
	"org_id" text collate "C",
	"password_hash" text,
	"is_active" boolean NOT NULL,
	"email_verified_at" timestamp (3) with time zone,
	"metadata" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);`,
      `CREATE INDEX "audit_entries_time" ON "gatehouse"."audit_entries" USING btree ("time");`,
      `CREATE INDEX "audit_entries_type" ON "gatehouse"."audit_entries" USING btree ("type","entry_id");`,
      `CREATE INDEX "audit_entries_actor" ON "gatehouse"."audit_entries" USING btree ("actor_id","entry_id");`,
      `CREATE INDEX "audit_entries_org" ON "gatehouse"."audit_entries" USING btree ("actor_org_id","entry_id");`,
      `CREATE INDEX "audit_entries_target" ON "gatehouse"."audit_entries" USING btree ("target","entry_id");`,
      `CREATE INDEX "one_time_tokens_user" ON "gatehouse"."one_time_tokens" USING btree ("user_id");`,
      `CREATE INDEX "one_time_tokens_expiry" ON "gatehouse"."one_time_tokens" USING btree ("expires_at");`,
      `CREATE UNIQUE INDEX "roles_for_all" ON "gatehouse"."roles" USING btree ("name") WHERE org_id is null;`,
      `CREATE UNIQUE INDEX "roles_of_org" ON "gatehouse"."roles" USING btree ("name","org_id") WHERE org_id is not null;`,
      `CREATE INDEX "subject_roles_name" ON "gatehouse"."subject_roles" USING btree ("name","subject_id");`,
      `CREATE UNIQUE INDEX "users_email" ON "gatehouse"."users" USING btree ("email");`,
      `CREATE INDEX "users_org" ON "gatehouse"."users" USING btree ("org_id","user_id");`,
    ],
  },
  {
    name: '0003_logins',
    statements: [
      `CREATE TABLE "gatehouse"."linked_accounts" (
	"issuer" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"provider" text NOT NULL,
	"is_proven" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "linked_accounts_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);`,
      `CREATE TABLE "gatehouse"."login_states" (
	"state_hash" text collate "C" PRIMARY KEY NOT NULL,
	"step" text NOT NULL,
	"provider" text NOT NULL,
	"browser_hash" text NOT NULL,
	"redirect_to" text NOT NULL,
	"code_challenge" text,
	"user_id" text,
	"session_id" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);`,
      `ALTER TABLE "gatehouse"."linked_accounts" ADD CONSTRAINT "linked_accounts_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "gatehouse"."users"("user_id") ON DELETE cascade ON UPDATE no action;`,
      `CREATE INDEX "linked_accounts_user" ON "gatehouse"."linked_accounts" USING btree ("user_id","created_at");`,
      `CREATE INDEX "login_states_expiry" ON "gatehouse"."login_states" USING btree ("expires_at");`,
    ],
  },
  {
    name: '0004_services',
    statements: [
      `CREATE TABLE "gatehouse"."client_assertions" (
	"client_id" text collate "C" NOT NULL,
	"jti" text collate "C" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_assertions_client_id_jti_pk" PRIMARY KEY("client_id","jti")
);`,
      `CREATE TABLE "gatehouse"."clients" (
	"client_id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"org_id" text collate "C",
	"permissions" text[] NOT NULL,
	"secrets" json NOT NULL,
	"keys" json NOT NULL,
	"is_active" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);`,
      `CREATE INDEX "client_assertions_expiry" ON "gatehouse"."client_assertions" USING btree ("expires_at");`,
      `CREATE INDEX "clients_org" ON "gatehouse"."clients" USING btree ("org_id","client_id");`,
    ],
  },
];
