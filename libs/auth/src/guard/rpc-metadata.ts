/**
 * The contexts that Nest hands to message handlers, as far as they carry metadata. TCP and Redis have none before
 * Nest 12. The business payload is never looked at.
 */
export interface RpcContext {
  /** TCP and Redis: the packet's `metadata`. */
  getMetadata?(): unknown;
  /** NATS. */
  getHeaders?(): unknown;
  /** Kafka and RabbitMQ. */
  getMessage?(): { headers?: unknown; properties?: { headers?: unknown } } | undefined;
  /** MQTT 5. */
  getPacket?(): { properties?: { userProperties?: unknown } } | undefined;
  user?: unknown;
}

/** What NATS and gRPC hand over in the place of a plain object. */
interface Multimap {
  keys?(): Iterable<string>;
  values?(key: string): readonly unknown[];
  getMap?(): object;
  get?(key: string): unknown;
}

/**
 * The values of a metadata field, as text. Brokers that deliver bytes (Kafka, gRPC) have them decoded as UTF-8.
 *
 * @param name lower case; the field's own name may be in any case.
 */
export function rpcMetadata(context: RpcContext, name: string): readonly unknown[] {
  const source = sourceOf(context);
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return [];
  return valuesIn(source, name).map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : value));
}

function sourceOf(context: RpcContext): unknown {
  if (typeof (context as Multimap).getMap === 'function') return context;
  const message = context.getMessage?.();
  return (
    context.getMetadata?.() ??
    context.getHeaders?.() ??
    message?.properties?.headers ??
    message?.headers ??
    context.getPacket?.()?.properties?.userProperties
  );
}

function valuesIn(source: Multimap, name: string): unknown[] {
  if (typeof source.getMap === 'function') return [source.get!(name)].flat();
  const isHeaders = typeof source.keys === 'function' && typeof source.values === 'function';
  const keys = isHeaders ? [...source.keys!()] : Object.keys(source);
  const matching = keys.filter((key) => key.toLowerCase() === name);
  return matching.flatMap((key) =>
    isHeaders ? [...source.values!(key)] : [(source as Record<string, unknown>)[key]].flat(),
  );
}
