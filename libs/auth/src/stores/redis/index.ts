export { RedisRateLimitCounter } from './redis-rate-limit.counter.js';
export { RedisNotifications, type RedisNotificationsOptions } from './redis-notifications.js';
export type { RedisClient, RedisSubscriber } from './redis-client.js';
