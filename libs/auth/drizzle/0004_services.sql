CREATE TABLE "gatehouse"."client_assertions" (
	"client_id" text collate "C" NOT NULL,
	"jti" text collate "C" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_assertions_client_id_jti_pk" PRIMARY KEY("client_id","jti")
);
--> statement-breakpoint
CREATE TABLE "gatehouse"."clients" (
	"client_id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"org_id" text collate "C",
	"permissions" text[] NOT NULL,
	"secrets" json NOT NULL,
	"keys" json NOT NULL,
	"is_active" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "client_assertions_expiry" ON "gatehouse"."client_assertions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "clients_org" ON "gatehouse"."clients" USING btree ("org_id","client_id");