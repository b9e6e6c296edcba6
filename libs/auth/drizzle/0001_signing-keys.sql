CREATE TABLE "gatehouse"."signing_keys" (
	"key_id" text collate "C" PRIMARY KEY NOT NULL,
	"algorithm" text NOT NULL,
	"state" text NOT NULL,
	"sealed_key" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_active" ON "gatehouse"."signing_keys" USING btree ("state") WHERE state = 'active';