package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes each report as one line of JSON to the file of its fault. {@code bench/faults} turns them into a table. */
final class ReportFile {

    private static final Path FOLDER = Path.of("target", "faults");

    private ReportFile() {}

    /** @param redis the version of the servers */
    static void append(FaultReport report, String redis) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("fault", report.name());
        members.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS));
        members.put("redis", redis);
        members.put("cores", Runtime.getRuntime().availableProcessors());
        members.put("answers", report.answers().size());
        members.put("struck_shards", report.struck().size());
        report.recovery().ifPresent(time -> members.put("recovery_ms", millis(time)));
        for (Kind kind : Kind.values()) {
            String prefix = kind.name().toLowerCase(Locale.ROOT);
            members.put(prefix + "_unknown", report.unknown(kind));
            report.firstUnknown(kind).ifPresent(time -> members.put(prefix + "_unknown_first_ms", millis(time)));
            members.put(prefix + "_unknown_last_ms", millis(report.unknownAfterFault(kind)));
            report.recovery()
                    .ifPresent(recovered -> members.put(
                            prefix + "_unknown_beyond_recovery_ms", millis(report.unknownAfterRecovery(kind))));
        }
        members.put("false_inactive", report.falselyInactive());
        members.put("failed", report.failed());
        members.put("acknowledged", report.acknowledged());
        members.put("lost_acknowledged", report.lost());
        members.put("unknown_elsewhere", report.unknownElsewhere());
        members.put("silence_elsewhere_ms", millis(report.longestSilenceElsewhere()));
        members.put("longest_call_ms", millis(report.longestCall()));
        members.put("longest_stall_ms", millis(report.longestStall()));
        members.put("served_after", report.isServedAfter());
        append(FOLDER.resolve(slug(report.name()) + ".json"), json(members));
    }

    private static long millis(Duration duration) {
        return duration.toMillis();
    }

    private static String slug(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private static String json(Map<String, Object> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + json(member.getValue()))
                .collect(Collectors.joining(",", "{", "}\n"));
    }

    private static String json(Object value) {
        return value instanceof Number || value instanceof Boolean ? value.toString() : "\"" + value + "\"";
    }

    private static void append(Path file, String line) {
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
