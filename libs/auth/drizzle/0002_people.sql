CREATE TABLE "gatehouse"."audit_entries" (
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
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."one_time_tokens" (
	"token_hash" text collate "C" PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"binding" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."roles" (
	"role_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "gatehouse"."roles_role_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text collate "C" NOT NULL,
	"org_id" text collate "C",
	"description" text,
	"permissions" json NOT NULL,
	"inherits" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."subject_grants" (
	"subject_id" text collate "C" NOT NULL,
	"grant" text collate "C" NOT NULL,
	CONSTRAINT "subject_grants_subject_id_grant_pk" PRIMARY KEY("subject_id","grant")
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."subject_roles" (
	"subject_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	CONSTRAINT "subject_roles_subject_id_name_pk" PRIMARY KEY("subject_id","name")
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."users" (
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
);
--> statement-breakpoint
CREATE INDEX "audit_entries_time" ON "gatehouse"."audit_entries" USING btree ("time");--> statement-breakpoint
CREATE INDEX "audit_entries_type" ON "gatehouse"."audit_entries" USING btree ("type","entry_id");--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "gatehouse"."audit_entries" USING btree ("actor_id","entry_id");--> statement-breakpoint
CREATE INDEX "audit_entries_org" ON "gatehouse"."audit_entries" USING btree ("actor_org_id","entry_id");--> statement-breakpoint
CREATE INDEX "audit_entries_target" ON "gatehouse"."audit_entries" USING btree ("target","entry_id");--> statement-breakpoint
CREATE INDEX "one_time_tokens_user" ON "gatehouse"."one_time_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "one_time_tokens_expiry" ON "gatehouse"."one_time_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "roles_for_all" ON "gatehouse"."roles" USING btree ("name") WHERE org_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "roles_of_org" ON "gatehouse"."roles" USING btree ("name","org_id") WHERE org_id is not null;--> statement-breakpoint
CREATE INDEX "subject_roles_name" ON "gatehouse"."subject_roles" USING btree ("name","subject_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "gatehouse"."users" USING btree ("email");--> statement-breakpoint
CREATE INDEX "users_org" ON "gatehouse"."users" USING btree ("org_id","user_id");