package dev.tokencache.operator.doctor;

import dev.tokencache.redis.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one node answered. A node that could not be reached has only unknown readings, all with the same reason.
 *
 * @param address as dialled
 * @param info the fields of {@code INFO}
 * @param config the parameters of {@code CONFIG GET *}. Passwords are replaced by fingerprints that are equal for equal
 *     passwords of this run, or by "" if unset
 * @param view the lines of {@code CLUSTER NODES}
 * @param acl the lines of {@code ACL LIST}, without password hashes ({@code #...} becomes {@code #}). Redis before 7.2 reports the
 *     categories that come closest to the rights; they are replaced by their commands ({@code ACL CAT})
 * @param slowLog the durations in microseconds and names of commands of {@code SLOWLOG GET}, without arguments
 * @param latency the events of {@code LATENCY LATEST}: name to the latest latency in milliseconds
 * @param pingMicros the round trips of several {@code PING}s, sorted
 * @param clockAheadMillis {@code TIME} minus the clock of this process at the middle of the round trip
 * @param samples keys with the prefix of the service that {@code SCAN} returned
 */
public record NodeFacts(
        Endpoint address,
        Reading<Map<String, String>> info,
        Reading<Map<String, String>> config,
        Reading<List<NodeLine>> view,
        Reading<List<String>> acl,
        Reading<List<SlowCommand>> slowLog,
        Reading<Map<String, Long>> latency,
        Reading<List<Long>> pingMicros,
        Reading<Long> clockAheadMillis,
        Reading<Samples> samples,
        Reading<TlsFacts> tls) {

    /** The facts of a node that could not be read. */
    public static NodeFacts unknown(Endpoint address, String reason) {
        return unknown(address, reason, Reading.unknown(reason), Reading.unknown(reason));
    }

    /** The facts of a file. */
    public static NodeFacts unknown(
            Endpoint address, String reason, Reading<Map<String, String>> config, Reading<List<String>> acl) {
        return new NodeFacts(
                address,
                Reading.unknown(reason),
                config,
                Reading.unknown(reason),
                acl,
                Reading.unknown(reason),
                Reading.unknown(reason),
                Reading.unknown(reason),
                Reading.unknown(reason),
                Reading.unknown(reason),
                Reading.unknown(reason));
    }

    /** A line of {@code CLUSTER NODES}. Slots are ranges such as {@code 0-5460}; open slots keep their brackets. */
    public record NodeLine(
            String id,
            String host,
            int port,
            int busPort,
            String announcedName,
            List<String> flags,
            String masterId,
            boolean isLinkUp,
            List<String> slots) {}

    public record SlowCommand(String name, long micros) {}

    /**
     * Of the sampled keys: how many, how many of them without a TTL, and the largest number of tokens of a subject. A replica has
     * none, because its master is sampled.
     */
    public record Samples(int keys, int withoutTtl, long mostTokensOfASubject) {}

    /** The certificate that the node presents. {@code plainPort} is 0 if no plain port is open. */
    public record TlsFacts(Instant notAfter, List<String> names, int plainPort) {}
}
