/** gRPC's metadata, as far as the gate needs it. */
export interface GrpcMetadata {
  getMap(): object;
  set(key: string, value: string): void;
}

/** What a handler of raw calls (`@GrpcStreamCall`) gets: the call, and a callback when it answers once. */
interface RawCall {
  readonly metadata: GrpcMetadata;
  emit(event: 'error', status: GrpcStatus): void;
}
type RawCallback = (status: GrpcStatus) => void;

/** A refusal's body, as far as its status has a place for it. */
interface Refusal {
  readonly statusCode: number;
  readonly message: string;
  readonly code: string;
}

/** How a refused call ends. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
  readonly message: string;
  /** The trailing metadata; the gate's own code is in it, as `code`. */
  readonly metadata: GrpcMetadata;
}

/** gRPC's status codes (google.rpc.Code), by those of HTTP. */
const STATUS_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  429: 8, // RESOURCE_EXHAUSTED
  503: 14, // UNAVAILABLE
};
const UNKNOWN = 2;

/**
 * The metadata of a call, by the arguments of its handler; undefined when it is none of gRPC. What arrives by other
 * transports was parsed, so it has no functions, whatever its fields are called.
 */
export function grpcMetadataIn([first, second]: readonly unknown[]): GrpcMetadata | undefined {
  return isMetadata(second) ? second : rawCallIn([first, second])?.metadata;
}

/** The status of a refusal. */
export function grpcStatus({ statusCode, message, code }: Refusal, metadata: GrpcMetadata): GrpcStatus {
  // Of the caller's class: gRPC's package is the application's.
  const trailers = new (metadata.constructor as new () => GrpcMetadata)();
  trailers.set('code', code);
  return { code: STATUS_CODES[statusCode] ?? UNKNOWN, details: message, message, metadata: trailers };
}

/**
 * Ends a raw call. Nest answers none that is refused in front of its handler: what is thrown there becomes an
 * unhandled rejection, which ends the process.
 *
 * @returns whether it was a raw call.
 */
export function endRawCall(args: readonly unknown[], refusal: Refusal): boolean {
  const call = rawCallIn(args);
  if (call === undefined) return false;
  const status = grpcStatus(refusal, call.metadata);
  // Where there is a callback, only it is sure to be heard: an `error` without a listener would be thrown.
  if (typeof args[1] === 'function') (args[1] as RawCallback)(status);
  else call.emit('error', status);
  return true;
}

function rawCallIn([call, second]: readonly unknown[]): RawCall | undefined {
  const isRaw = second === undefined || typeof second === 'function';
  return isRaw && isMetadata((call as RawCall | undefined)?.metadata) ? (call as RawCall) : undefined;
}

function isMetadata(value: unknown): value is GrpcMetadata {
  return typeof (value as GrpcMetadata | null | undefined)?.getMap === 'function';
}
