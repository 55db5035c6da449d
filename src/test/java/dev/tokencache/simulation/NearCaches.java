package dev.tokencache.simulation;

import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.revocation.RedisRevocationBus;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The near caches of all instances, and for how long each may report a token active after its expiry was acknowledged:
 *
 * <ul>
 *   <li>not at all, if the instance made the expiry itself, has received its message, or has no near cache; or if the journal has
 *       the expiry, since a near cache is used only while the journal is empty
 *   <li>{@link #MAX_UNNOTICED}, if the instance that made the expiry publishes revocations: a bus that may have missed one, or
 *       is silent for longer, is untrusted
 *   <li>{@code max-age} in any case; {@code stale-if-error} for a verdict that is marked as stale
 * </ul>
 */
final class NearCaches {

    /** How long a silent bus is trusted, and until a new master is subscribed to: one refresh of the slot map, and a tick. */
    static final Duration MAX_UNNOTICED = RedisRevocationBus.MAX_SILENCE.plusMillis(1500);

    /** The start of an instance's own clock is that of the world, so messages can be compared with calls. */
    private record Message(long publishedAtMillis, long receivedAt) {}

    private final World world;
    private final boolean areMessagesDated;
    private final Map<String, NearCacheConfig> configs = new HashMap<>();
    private final Map<String, Map<Revocation, List<Message>>> messages = new HashMap<>();

    /** @param areMessagesDated whether all clocks agree, so that the age of a message says which call published it */
    NearCaches(World world, boolean areMessagesDated) {
        this.world = world;
        this.areMessagesDated = areMessagesDated;
    }

    /** Reports the start of an instance, and what it receives. */
    SimulatedService observed(SimulatedService service) {
        String instance = service.process().name();
        started(instance, service.nearCache());
        service.onRevocation((revocation, age, isFirst) -> received(instance, revocation, age));
        return service;
    }

    /** An instance starts. One that has no near cache need not be reported. */
    void started(String instance, NearCacheConfig config) {
        configs.put(instance, config);
        messages.put(instance, new HashMap<>());
    }

    /** An instance received a message, which another one published some time ago. */
    void received(String instance, Revocation revocation, Duration age) {
        long now = world.time().nanoTime();
        messages.get(instance)
                .computeIfAbsent(revocation, added -> new ArrayList<>())
                .add(new Message(world.millis(now) - age.toMillis(), now));
    }

    /** Whether an instance may report what it found earlier. */
    boolean has(String instance) {
        NearCacheConfig config = configs.get(instance);
        return config != null && config.isOn();
    }

    /** Whether an instance may report a token active that was expired before. */
    boolean allow(Verdict.Active verdict, KnownToken token, Expiry expiry, Validation validation) {
        NearCacheConfig config = configs.get(validation.instance());
        if (config == null
                || !config.isOn()
                || verdict.basis() == Verdict.Basis.REPLICA
                || expiry.instance().equals(validation.instance())
                || hasReceived(token, expiry, validation)) {
            return false;
        }
        if (verdict.isStale()) {
            return isYounger(expiry, world.time().nanoTime(), config.staleIfError());
        }
        NearCacheConfig publisher = configs.get(expiry.instance());
        boolean isPublished = publisher == null || publisher.publish();
        return !expiry.isJournaled()
                && isYounger(expiry, validation.startedAt(), config.maxAge())
                && (!isPublished || isYounger(expiry, validation.startedAt(), MAX_UNNOTICED));
    }

    /** For how long an instance may not know that a renewal has shortened a token. */
    Duration unnoticed(Verdict.Active verdict, String instance) {
        NearCacheConfig config = configs.get(instance);
        if (config == null || !config.isOn()) {
            return Duration.ZERO;
        }
        return verdict.isStale() ? config.staleIfError() : config.maxAge();
    }

    private static boolean isYounger(Expiry expiry, long at, Duration age) {
        return at - expiry.endedAt() < age.toNanos();
    }

    /** Not if another call may have published a similar message meanwhile: then it is unknown which one arrived. */
    private boolean hasReceived(KnownToken token, Expiry expiry, Validation validation) {
        return areMessagesDated
                && !isAmbiguous(token, expiry)
                && messages(token, expiry, validation.instance())
                        .anyMatch(message -> message.publishedAtMillis >= world.millis(expiry.startedAt())
                                && message.receivedAt < validation.startedAt());
    }

    private Stream<Message> messages(KnownToken token, Expiry expiry, String instance) {
        TokenId id = token.issued().token().id();
        Revocation published = token.ownExpiries().contains(expiry)
                ? new Revocation.OfToken(id.hash())
                : new Revocation.OfSubject(id.tag());
        return messages.get(instance).getOrDefault(published, List.of()).stream();
    }

    private static boolean isAmbiguous(KnownToken token, Expiry expiry) {
        return token.ownExpiries().contains(expiry)
                ? token.end().renewals().stream()
                        .anyMatch(renewal -> expiry.overlaps(renewal.startedAt(), renewal.endedAt()))
                : token.subject().expiries().stream()
                        .anyMatch(other -> other != expiry && expiry.overlaps(other.startedAt(), other.endedAt()));
    }
}
