/** Connections to Redis: straight to a server, or to whichever server the Sentinels call the master. */
import { Redis, type RedisOptions } from 'ioredis';
import { readRedisAddress } from '../config/redis-address.ts';

/** How patient a connection is. */
type RedisPatience = Pick<
  RedisOptions,
  | 'maxRetriesPerRequest'
  | 'enableOfflineQueue'
  | 'commandTimeout'
  | 'socketTimeout'
  | 'connectTimeout'
  | 'lazyConnect'
  | 'retryStrategy'
  | 'sentinelRetryStrategy'
>;

/** Opens a connection; whoever opens it listens to its errors. */
export function openRedis(text: string, patience: RedisPatience): Redis {
  const address = readRedisAddress(text);
  if (address === undefined) throw new TypeError('not the address of a Redis');
  const common = {
    ...patience,
    // it was made a replica under us: the connection anew, to the master if Sentinel says where that is
    reconnectOnError: (error: Error): boolean => error.message.startsWith('READONLY'),
  };
  if (address.kind === 'server') return new Redis(address.url, common);
  const { sentinels, name, username, password, database, encrypted } = address;
  return new Redis({
    ...common,
    sentinels,
    name,
    db: database,
    failoverDetector: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(encrypted ? { tls: {}, enableTLSForSentinelMode: true } : {}),
  });
}
