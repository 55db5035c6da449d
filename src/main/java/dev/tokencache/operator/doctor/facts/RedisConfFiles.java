package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.redis.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code redis.conf} files as facts, so that the same checks judge them. What a file does not say is unknown. */
public final class RedisConfFiles {

    private static final String REASON = "a configuration file does not show it";
    private static final int MAX_INCLUDES = 20;

    /** The documented defaults of what a check reads, which hold from Redis 3.2 to 8 unless the comment says otherwise. */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("bind", ""),
            Map.entry("protected-mode", "yes"),
            Map.entry("port", "6379"),
            Map.entry("tls-port", "0"),
            Map.entry("requirepass", ""),
            Map.entry("masterauth", ""),
            Map.entry("cluster-enabled", "no"),
            Map.entry("cluster-node-timeout", "15000"),
            Map.entry("cluster-require-full-coverage", "yes"),
            Map.entry("cluster-replica-validity-factor", "10"),
            Map.entry("cluster-replica-no-failover", "no"),
            Map.entry("maxmemory", "0"),
            Map.entry("maxmemory-policy", "noeviction"),
            // Before Redis 7: 900 1 300 10 60 10000.
            Map.entry("save", "3600 1 300 100 60 10000"),
            Map.entry("appendonly", "no"),
            Map.entry("appendfsync", "everysec"),
            Map.entry("repl-backlog-size", "1mb"),
            Map.entry("client-output-buffer-limit", "normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60"),
            Map.entry("maxclients", "10000"),
            Map.entry("tcp-backlog", "511"),
            Map.entry("slowlog-log-slower-than", "10000"),
            Map.entry("latency-monitor-threshold", "0"));

    private static final Map<String, String> ALIASES =
            Map.of("allkeys", "~*", "allchannels", "&*", "allcommands", "+@all", "nocommands", "-@all");

    /** With the escapes of Redis. */
    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");

    private static final Pattern WORD = Pattern.compile("(?:" + QUOTED + "|[^\\s\"'])+");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(x([0-9a-fA-F]{2})|.)");

    private final Passwords passwords = new Passwords();

    /** @throws IllegalArgumentException naming the file and the line, if one cannot be read */
    public List<NodeFacts> read(List<Path> files) {
        return files.stream().map(this::read).toList();
    }

    private NodeFacts read(Path file) {
        Contents contents = new Contents();
        contents.add(file, 0);
        Map<String, String> config = new HashMap<>(DEFAULTS);
        contents.config.forEach((name, value) -> config.put(name.replace("slave", "replica"), value));
        Endpoint address = address(config, file);
        return NodeFacts.unknown(address, REASON, Reading.of(passwords.withoutSecrets(config)), acl(file, contents));
    }

    /** An ACL file replaces the users and {@code requirepass} of the configuration. */
    private static Reading<List<String>> acl(Path file, Contents contents) {
        String aclFile = contents.config.getOrDefault("aclfile", "");
        if (aclFile.isEmpty()) {
            return Reading.of(contents.acl());
        }
        try {
            Contents users = new Contents();
            users.add(file.resolveSibling(aclFile), 0);
            return Reading.of(users.acl());
        } catch (IllegalArgumentException unreadable) {
            return Reading.unknown("the file of aclfile cannot be read here");
        }
    }

    /** The announced address, or the first bound one, or the name of the file. */
    private static Endpoint address(Map<String, String> config, Path file) {
        String bound = config.getOrDefault("bind", "").replace("-", "").split(" ")[0];
        String host = config.getOrDefault("cluster-announce-ip", bound.equals("*") ? "" : bound);
        String plain = config.getOrDefault("port", "");
        try {
            int port = Integer.parseInt(plain.equals("0") ? config.getOrDefault("tls-port", "") : plain);
            return new Endpoint(host.isEmpty() ? String.valueOf(file.getFileName()) : host, port);
        } catch (IllegalArgumentException notAPort) {
            throw new IllegalArgumentException(file + " has an invalid port");
        }
    }

    static List<String> words(String line) {
        return WORD.matcher(line).results().map(word -> unquoted(word.group())).toList();
    }

    private static String unquoted(String word) {
        return QUOTED.matcher(word).replaceAll(quoted -> {
            String text = quoted.group().substring(1, quoted.group().length() - 1);
            return Matcher.quoteReplacement(
                    quoted.group().startsWith("'") ? text.replace("\\'", "'") : unescaped(text));
        });
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        switch (escape.group(1).charAt(0)) {
                            case 'n' -> "\n";
                            case 'r' -> "\r";
                            case 't' -> "\t";
                            case 'b' -> "\b";
                            case 'a' -> "\u0007";
                            case 'x' ->
                                escape.group(2) == null
                                        ? "x"
                                        : String.valueOf((char) Integer.parseInt(escape.group(2), 16));
                            default -> escape.group(1);
                        }));
    }

    /** The directives of a file and of those that it includes; the last one of a name is valid. */
    private static final class Contents {
        private final Map<String, String> config = new HashMap<>();
        private final Map<String, String> users = new HashMap<>();

        void add(Path file, int depth) {
            List<String> lines;
            try {
                lines = Files.readAllLines(file);
            } catch (IOException unreadable) {
                throw new IllegalArgumentException(file + " cannot be read");
            }
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).trim();
                boolean isDirective = !line.isEmpty() && !line.startsWith("#");
                if (isDirective && !WORD.matcher(line).replaceAll("").isBlank()) {
                    throw new IllegalArgumentException(file + " line " + (i + 1) + " has unbalanced quotes");
                }
                if (isDirective) {
                    add(words(line), file, depth);
                }
            }
        }

        private void add(List<String> words, Path file, int depth) {
            String name = words.get(0).toLowerCase(Locale.ROOT);
            String value = String.join(" ", words.subList(1, words.size()));
            switch (name) {
                case "include" -> {
                    if (depth == MAX_INCLUDES) {
                        throw new IllegalArgumentException(file + " includes itself");
                    }
                    add(file.resolveSibling(value), depth + 1);
                }
                case "user" -> users.put(words.size() > 1 ? words.get(1) : "", "user " + value);
                case "save" ->
                    config.merge(name, value, (old, next) -> (next.isEmpty() ? "" : old + " " + next).trim());
                case "client-output-buffer-limit" -> config.merge(name, value, (old, next) -> old + " " + next);
                default -> config.put(name, value);
            }
        }

        /** As {@code ACL LIST} shows it, with the user {@code default} that {@code requirepass} describes. */
        List<String> acl() {
            String password = config.getOrDefault("requirepass", "").isEmpty() ? "nopass" : "#";
            users.putIfAbsent("default", "user default on " + password + " ~* &* +@all");
            return users.values().stream()
                    .map(user -> Stream.of(Passwords.withoutHashes(user).split(" "))
                            .map(word -> ALIASES.getOrDefault(word.toLowerCase(Locale.ROOT), word))
                            .collect(Collectors.joining(" ")))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }
}
