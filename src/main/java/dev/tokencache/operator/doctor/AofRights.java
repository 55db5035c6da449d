package dev.tokencache.operator.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * TC311: whether a node that restarts accepts what the service's scripts wrote to its AOF. Several writes of a script are a
 * transaction there. An affected server replays it as the user {@code default}, and drops each write that this user may not do. It
 * is irrelevant whether the user is on or off.
 *
 * @see <a href="https://github.com/redis/redis/issues/14541">Redis issue 14541</a>
 */
final class AofRights {

    /**
     * The writes as the AOF has them: {@code PEXPIRE} becomes {@code PEXPIREAT}, and a key that has expired {@code DEL} or
     * {@code UNLINK}. A test compares this with the scripts.
     */
    static final Set<String> COMMANDS =
            Set.of("del", "hdel", "hincrby", "hset", "pexpireat", "set", "unlink", "zadd", "zrem");

    private static final Pattern READ_AND_WRITE = Pattern.compile("(?:~|%(?:rw|wr)~)(.*)");

    /** A selector, or a category that the reader could not replace by its commands. */
    private static final Pattern UNDECIDED = Pattern.compile("\\(.*|[+-]@(?!all$).*");

    private AofRights() {}

    static void check(Cluster cluster, Report report) {
        String prefix = cluster.service().map(ServiceFacts::keyPrefix).orElse("");
        cluster.eachConfig(report, (node, config) -> {
            if (config.has("appendonly", "yes") && isAffected(node)) {
                check(prefix, node, report);
            }
        });
    }

    /** A file does not name the version. */
    private static boolean isAffected(NodeFacts node) {
        return Cluster.version(node)
                .filter(version -> Vulnerabilities.SHIPPED
                        .open("TC311", version, Cluster.info(node).text("redis_build_id"), false)
                        .isEmpty())
                .isEmpty();
    }

    private static void check(String prefix, NodeFacts node, Report report) {
        if (!node.acl().isKnown()) {
            report.unknown(node, node.acl().reason());
        }
        node.acl().orElse(List.of()).stream()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("user default "))
                .forEach(line -> check(line, prefix, node, report));
    }

    private static void check(String line, String prefix, NodeFacts node, Report report) {
        if (Stream.of(line.split(" ")).anyMatch(word -> UNDECIDED.matcher(word).matches())) {
            report.unknown(
                    node, "the rights of the user default are selectors or categories that doctor cannot resolve");
            return;
        }
        Set<String> missing = new TreeSet<>();
        if (Stream.of(line.split(" ")).noneMatch(word -> covers(word, prefix.toLowerCase(Locale.ROOT)))) {
            missing.add("~" + prefix + "*");
        }
        AclRights rights = new AclRights(line);
        COMMANDS.stream()
                .map(command -> "+" + command)
                .filter(it -> !rights.grants(it))
                .forEach(missing::add);
        if (!missing.isEmpty()) {
            report.error(node, "it reads its AOF as the user default, which lacks " + String.join(" ", missing));
        }
    }

    /** Whether a word gives access to all keys with the prefix. Without a service, the prefix is "", and any key pattern counts. */
    private static boolean covers(String word, String prefix) {
        Matcher pattern = READ_AND_WRITE.matcher(word);
        return pattern.matches()
                && (prefix.isEmpty()
                        || (pattern.group(1).endsWith("*")
                                && prefix.startsWith(pattern.group(1).replaceFirst(".$", ""))));
    }
}
