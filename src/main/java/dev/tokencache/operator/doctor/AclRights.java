package dev.tokencache.operator.doctor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * TC103: compares the rights of the service's user with those of {@code deploy/redis/users.acl}.
 *
 * <p>Redis 6 and 7.0 report rights as the categories that come closest, so there a command that is not named may be granted.
 */
final class AclRights {

    /** A test compares this with the file. */
    static final String COMMANDS =
            "evalsha eval hmget hgetall get set del hget hset hdel hlen hexists hkeys hincrby exists"
                    + " time hscan zadd zrem zcount zrangebyscore pttl pexpire cluster|info cluster|myid cluster|nodes cluster|slots"
                    + " asking ping readonly wait info publish subscribe";

    private static final Set<String> NEEDED = Set.of(COMMANDS.split(" "));

    /** The words of its line, without passwords. */
    private final Set<String> words;

    private final ServerVersion version;
    private final String prefix;

    private AclRights(String line, ServerVersion version, String prefix) {
        this.words = Arrays.stream(line.toLowerCase(Locale.ROOT).split(" ")).collect(Collectors.toSet());
        this.version = version;
        this.prefix = prefix.toLowerCase(Locale.ROOT);
    }

    static void check(Cluster cluster, Report report) {
        cluster.service()
                .filter(service ->
                        !service.user().equals("default") && !service.user().isEmpty())
                .ifPresent(service -> cluster.nodes().forEach(node -> Cluster.version(node)
                        .filter(version -> version.hasFeaturesOf("6.0"))
                        .ifPresent(version -> check(service, node, version, report))));
    }

    private static void check(ServiceFacts service, NodeFacts node, ServerVersion version, Report report) {
        List<String> acl = node.acl().value();
        if (acl == null) {
            report.unknown(node, node.acl().reason());
            return;
        }
        acl.stream()
                .filter(line -> line.startsWith("user " + service.user() + " "))
                .findFirst()
                .map(line -> new AclRights(line, version, service.keyPrefix()))
                .ifPresentOrElse(
                        rights -> rights.report(node, report),
                        () -> report.error(node, "it has no user " + service.user()));
    }

    private void report(NodeFacts node, Report report) {
        Set<String> missing = missing();
        if (!missing.isEmpty()) {
            report.error(node, "the service's user lacks " + String.join(" ", missing));
        }
        Set<String> more = more();
        if (missing.isEmpty() && !more.isEmpty()) {
            report.warn(node, "the service's user has more rights than it needs: " + String.join(" ", more));
        }
    }

    private Set<String> missing() {
        Set<String> missing = new TreeSet<>();
        if (!words.contains("on")) {
            missing.add("on");
        }
        for (String command : NEEDED) {
            boolean isGranted =
                    words.contains("+" + command) || words.contains("+" + command.replaceFirst("\\|.*", ""));
            boolean mayBe = words.stream().anyMatch(word -> mayGrant(word, command)) && !words.contains("-" + command);
            if (!isGranted && !mayBe) {
                missing.add("+" + command);
            }
        }
        if (!words.contains("~" + prefix + "*") && !words.contains("~*")) {
            missing.add("~" + prefix + "*");
        }
        boolean hasChannels = version.hasFeaturesOf("6.2");
        if (hasChannels && !words.contains("&" + prefix + "revoked") && !words.contains("&*")) {
            missing.add("&" + prefix + "revoked");
        }
        return missing;
    }

    private static boolean mayGrant(String word, String command) {
        return switch (word) {
            case "+@hash" -> command.startsWith("h");
            case "+@sortedset" -> command.startsWith("z");
            case "+@string" -> command.equals("get") || command.equals("set");
            case "+@scripting" -> command.startsWith("eval");
            case "+@pubsub" -> command.endsWith("publish") || command.endsWith("subscribe");
            case "+@set", "+@list", "+@stream", "+@geo", "+@bitmap", "+@hyperloglog", "+@transaction" -> false;
            default -> word.startsWith("+@");
        };
    }

    private Set<String> more() {
        Set<String> more = new HashSet<>(words);
        more.removeIf(word ->
                !word.startsWith("+") && !word.startsWith("~") && !word.startsWith("&") && !word.startsWith("%"));
        more.removeIf(word -> word.startsWith("+@") && !word.equals("+@all") && !version.hasFeaturesOf("7.2"));
        NEEDED.forEach(command -> more.remove("+" + command));
        more.removeAll(Set.of("~" + prefix + "*", "&" + prefix + "revoked"));
        return new TreeSet<>(more);
    }
}
