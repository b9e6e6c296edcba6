CREATE TABLE "gatehouse"."linked_accounts" (
	"issuer" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"provider" text NOT NULL,
	"is_proven" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "linked_accounts_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."login_states" (
	"state_hash" text collate "C" PRIMARY KEY NOT NULL,
	"step" text NOT NULL,
	"provider" text NOT NULL,
	"browser_hash" text NOT NULL,
	"redirect_to" text NOT NULL,
	"code_challenge" text,
	"user_id" text,
	"session_id" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "gatehouse"."linked_accounts" ADD CONSTRAINT "linked_accounts_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "gatehouse"."users"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "linked_accounts_user" ON "gatehouse"."linked_accounts" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "login_states_expiry" ON "gatehouse"."login_states" USING btree ("expires_at");