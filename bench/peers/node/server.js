// The Node.js peer: one worker per core, fastify, and ioredis on the cluster with auto-pipelining.
const cluster = require('node:cluster');
const { hash } = require('node:crypto');

const WORKERS = 2;
const port = Number(process.env.PORT);

if (cluster.isPrimary) {
  for (let i = 0; i < WORKERS; i++) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  serve();
}

function serve() {
  const fastify = require('fastify')({ logger: false, keepAliveTimeout: 75000 });
  const { Cluster } = require('ioredis');
  const nodes = process.env.REDIS_HOSTS.split(',').map((url) => {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port) };
  });
  const redis = new Cluster(nodes, {
    enableAutoPipelining: true,
    redisOptions: { password: process.env.REDIS_PASSWORD },
  });
  fastify.get('/v1/auth', async (request, reply) => {
    const header = request.headers.authorization;
    const token = header !== undefined && header.startsWith('Bearer ') ? header.slice(7) : null;
    const record = token === null ? null : await redis.get('session:' + hash('sha256', token));
    reply.header('Cache-Control', 'no-store');
    if (record === null) return reply.code(401).send();
    return reply.header('X-Auth-Subject', encodeURIComponent(JSON.parse(record).sub)).send();
  });
  fastify.listen({ host: '127.0.0.1', port });
}
