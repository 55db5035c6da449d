package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import dev.tokencache.operator.doctor.NodeFacts.SlowCommand;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Parses the replies of Redis 3.2 to 8 and Valkey. What cannot be read is left out. Pure. */
final class Replies {

    private static final int FIXED_WORDS = 8;
    private static final int BUS_OFFSET = 10_000;

    private Replies() {}

    /** The fields of {@code INFO}, of all sections. */
    static Map<String, String> info(String reply) {
        Map<String, String> fields = new TreeMap<>();
        reply.lines()
                .filter(line -> line.indexOf(':') > 0 && !line.startsWith("#"))
                .map(line -> line.split(":", 2))
                .forEach(field -> fields.put(field[0], field[1].trim()));
        return fields;
    }

    /** Names and values that alternate, as {@code CONFIG GET} replies. */
    static Map<String, String> pairs(Response reply) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i + 1 < reply.size(); i += 2) {
            pairs.put(reply.get(i).toString(), reply.get(i + 1).toString());
        }
        return pairs;
    }

    static List<NodeLine> nodes(String reply) {
        return reply.lines().map(Replies::node).flatMap(Optional::stream).toList();
    }

    /**
     * {@code <id> <ip>:<port>[@<bus port>[,<host name>[,<name>=<value>...]]] <flags> <master id> <ping> <pong> <config epoch>
     * <link state> <slots>...}. Redis 3.2 has no bus port, Redis before 7 no host name.
     */
    private static Optional<NodeLine> node(String line) {
        String[] words = line.split(" ");
        if (words.length < FIXED_WORDS) {
            return Optional.empty();
        }
        String[] names = words[1].split(",");
        String[] address = names[0].split("@");
        int colon = address[0].lastIndexOf(':');
        try {
            int port = Integer.parseInt(address[0].substring(colon + 1));
            return Optional.of(new NodeLine(
                    words[0],
                    address[0].substring(0, Math.max(0, colon)),
                    port,
                    address.length > 1 ? Integer.parseInt(address[1]) : port + BUS_OFFSET,
                    names.length > 1 && !names[1].contains("=") ? names[1] : "",
                    List.of(words[2].split(",")),
                    words[3],
                    words[7].equals("connected"),
                    List.of(words).subList(FIXED_WORDS, words.length)));
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    static List<String> texts(Response reply) {
        return reply.stream().map(Response::toString).toList();
    }

    static List<String> acl(Response reply) {
        return texts(reply).stream().map(Passwords::withoutHashes).toList();
    }

    /** The lines of an ACL with the commands of a category instead of its name, if they are known. */
    static List<String> withCommands(List<String> users, String category, List<String> commands) {
        Pattern rule = Pattern.compile("([+-])@" + category + "(?= |$)");
        return commands.isEmpty()
                ? users
                : users.stream()
                        .map(user -> rule.matcher(user)
                                .replaceAll(sign -> sign.group(1) + String.join(" " + sign.group(1), commands)))
                        .toList();
    }

    /** The entries of {@code SLOWLOG GET}: {@code [id, time, microseconds, [command, arguments...], ...]}. */
    static List<SlowCommand> slowLog(Response reply) {
        return reply.stream()
                .map(entry -> new SlowCommand(
                        entry.get(3).get(0).toString().replaceFirst("(?s)(.{32}).*", "$1"),
                        entry.get(2).toLong()))
                .toList();
    }

    /** The events of {@code LATENCY LATEST}: {@code [name, time, latest, maximum, ...]}. */
    static Map<String, Long> latency(Response reply) {
        Map<String, Long> latest = new TreeMap<>();
        reply.forEach(event -> latest.put(event.get(0).toString(), event.get(2).toLong()));
        return latest;
    }

    /** The reply of {@code TIME} in milliseconds. */
    static long time(Response reply) {
        return reply.get(0).toLong() * 1000 + reply.get(1).toLong() / 1000;
    }
}
