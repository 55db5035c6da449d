package dev.tokencache.operator.capacity;

import java.time.Duration;

/**
 * What a load needs.
 *
 * @param serviceCores that the service is busy with at this load
 * @param masterCores that all masters together are busy with
 * @param liveTokens at any time
 * @param bytesPerToken on its master
 * @param masterBytes that all masters hold
 * @param instances so that half of them can carry the load, and at least three
 * @param masters so that none is busy for more than half of a core, none holds more than 60 % of its memory, and at least three
 * @param connectionsPerNode from all instances to one Redis node
 */
public record Sizing(
        double serviceCores,
        double masterCores,
        double liveTokens,
        double bytesPerToken,
        double masterBytes,
        int instances,
        int masters,
        int connectionsPerNode) {

    /**
     * The load.
     *
     * @param validations per second
     * @param logins per second
     * @param lifetime of a token, from its login to its logout or expiry
     * @param claimsBytes of minified JSON per token; 0 without claims
     */
    public record Load(double validations, double logins, Duration lifetime, int claimsBytes) {}

    /**
     * What it runs on.
     *
     * @param coresPerInstance of the service
     * @param bytesPerNode of memory that a Redis node may use
     * @param minReplicas {@code tokencache.redis.min-replicas}
     * @param hasNearCache whether instances have one
     * @param slowness how much longer a call takes than on the machine of docs/scaling.md; 1 for the same
     */
    public record Machines(
            int coresPerInstance, double bytesPerNode, int minReplicas, boolean hasNearCache, double slowness) {}

    /** Microseconds of CPU, as in docs/scaling.md: {@code bench/costs}. */
    private static final double SERVICE_VALIDATION = 18.0;

    private static final double SERVICE_LOGIN = 62.6;
    private static final double MASTER_VALIDATION = 3.8;
    private static final double MASTER_LOGIN = 29.7;

    /** Bytes of Redis: {@code bench/memory}. */
    private static final double TOKEN_BYTES = 271;
    /** Redis stores a record of more than 64 bytes less densely, and rounds its size up. */
    private static final double TOKEN_BYTES_WITH_CLAIMS = 340;

    private static final double BYTES_PER_CLAIMS_BYTE = 1.3;

    private static final double MAX_LOAD = 0.5;
    private static final double MAX_MEMORY = 0.6;
    private static final int MIN_COPIES = 3;

    public static Sizing of(Load load, Machines machines) {
        double micros = 1e-6 * machines.slowness();
        double serviceCores = micros * (load.validations() * SERVICE_VALIDATION + load.logins() * SERVICE_LOGIN);
        double masterCores = micros * (load.validations() * MASTER_VALIDATION + load.logins() * MASTER_LOGIN);
        double tokens = load.logins() * load.lifetime().toSeconds();
        double bytes = load.claimsBytes() == 0
                ? TOKEN_BYTES
                : TOKEN_BYTES_WITH_CLAIMS + BYTES_PER_CLAIMS_BYTE * load.claimsBytes();
        int instances = atLeast(MIN_COPIES, serviceCores / MAX_LOAD / machines.coresPerInstance());
        int byCpu = atLeast(MIN_COPIES, masterCores / MAX_LOAD);
        int byMemory = atLeast(MIN_COPIES, tokens * bytes / MAX_MEMORY / machines.bytesPerNode());
        return new Sizing(
                serviceCores,
                masterCores,
                tokens,
                bytes,
                tokens * bytes,
                instances,
                Math.max(byCpu, byMemory),
                instances * connections(machines));
    }

    private static int atLeast(int min, double wanted) {
        return Math.max(min, (int) Math.ceil(wanted));
    }

    /** As doctor counts them (TC401): each event loop has a connection, and a second one to wait for replicas. */
    private static int connections(Machines machines) {
        int loops = 2 * machines.coresPerInstance();
        return loops * (machines.minReplicas() > 0 ? 2 : 1) + (machines.hasNearCache() ? 1 : 0);
    }
}
