package dev.tokencache.operator.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** TC103: compares the rights of the service's user with those of {@code deploy/redis/users.acl}. */
final class AclRights {

    /** A test compares this with the file. */
    static final String COMMANDS =
            "evalsha eval hmget hgetall get set del hget hset hdel hlen hexists hkeys hincrby exists"
                    + " time hscan zadd zrem zcount zrangebyscore pttl pexpire cluster|info cluster|myid cluster|nodes cluster|slots"
                    + " asking ping readonly wait info publish subscribe";

    private static final Set<String> NEEDED = Set.of(COMMANDS.split(" "));
    private static final String EVERYTHING = "+@all";

    /** The words of a line of {@code ACL LIST}, in which the reader has replaced each category by its commands. */
    private final List<String> words;

    AclRights(String line) {
        this.words = List.of(line.toLowerCase(Locale.ROOT).split(" "));
    }

    static void check(Cluster cluster, Report report) {
        cluster.service()
                .filter(service ->
                        !service.user().equals("default") && !service.user().isEmpty())
                .ifPresent(service -> cluster.nodes().stream()
                        .filter(node -> Cluster.hasFeaturesOf("6.0", node))
                        .forEach(node -> check(service, node, report)));
    }

    private static void check(ServiceFacts service, NodeFacts node, Report report) {
        if (!node.acl().isKnown()) {
            report.unknown(node, node.acl().reason());
            return;
        }
        node.acl().orElse(List.of()).stream()
                .filter(line -> line.startsWith("user " + service.user() + " "))
                .findFirst()
                .map(AclRights::new)
                .ifPresentOrElse(
                        rights -> rights.report(service.keyPrefix().toLowerCase(Locale.ROOT), node, report),
                        () -> report.error(node, "it has no user " + service.user()));
    }

    private void report(String prefix, NodeFacts node, Report report) {
        Set<String> needed = new TreeSet<>(List.of("on", "~" + prefix + "*"));
        NEEDED.forEach(command -> needed.add("+" + command));
        if (Cluster.hasFeaturesOf("6.2", node)) {
            needed.add("&" + prefix + "revoked");
        }
        Set<String> missing = new TreeSet<>(needed);
        missing.removeIf(this::grants);
        Set<String> more = new TreeSet<>(words);
        more.removeIf(word -> !word.matches("[+~&%].*") || !grants(word));
        more.removeAll(needed);
        if (words.stream().anyMatch(word -> word.startsWith("+@") && !word.equals(EVERYTHING))) {
            report.unknown(node, "it reports rights as categories, and refuses ACL CAT");
        } else if (!missing.isEmpty()) {
            report.error(node, "the service's user lacks " + String.join(" ", missing));
        } else if (!more.isEmpty()) {
            report.warn(node, "the service's user has more rights than it needs: " + String.join(" ", more));
        }
    }

    /** Whether the user has a right such as {@code +cluster|info}. Of words that contradict each other, the last is valid. */
    boolean grants(String right) {
        String all = right.startsWith("+") ? EVERYTHING : right.charAt(0) + "*";
        String command = right.replaceFirst("\\|.*", "");
        int granted = last(right, command, all);
        return granted
                > last(Stream.of(right, command, all)
                        .map(word -> word.replaceFirst("^\\+", "-"))
                        .filter(word -> word.startsWith("-"))
                        .toArray(String[]::new));
    }

    private int last(String... any) {
        return Arrays.stream(any).mapToInt(words::lastIndexOf).max().orElse(-1);
    }
}
