package dev.tokencache.reload;

import dev.tokencache.token.InvalidRequestException.Violation;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads the configuration again and puts all new values into use, or none if one is invalid. Thread-safe. Blocks. */
public final class Reload {

    /** The result of a reload. */
    public sealed interface Outcome {

        /**
         * The values in the files are in use.
         *
         * @param changed the kinds that have new values
         * @param restartRequired the properties in the files that have had other values at the start, and need a restart
         */
        record Done(List<String> changed, List<String> restartRequired) implements Outcome {}

        /** A value is invalid, and nothing has changed. */
        record Invalid(List<Violation> violations) implements Outcome {}
    }

    private static final Logger LOG = Logger.getLogger(Reload.class);
    private static final Pattern PROBLEM = Pattern.compile("((?:tokencache|quarkus)\\.[^\\s:=;]+)[\\s:]*(.*)");
    private static final Pattern NEXT_PROBLEM = Pattern.compile("; (?=(?:tokencache|quarkus)\\.)");
    private static final Pattern CREDENTIALS = Pattern.compile("//[^/@,]*@");

    private final ConfigFiles files;
    private final List<Reloadable> kinds;
    private final String keys;
    private final MeterRegistry registry;
    private List<Path> named;
    private @Nullable List<String> seen;
    private @Nullable List<String> changing;
    private List<String> reported = List.of();
    private volatile Fingerprints present;
    private volatile boolean isLastSuccessful = true;

    /** @param keys see {@link Fingerprints#of} */
    Reload(ConfigFiles files, List<Reloadable> kinds, String keys, MeterRegistry registry) {
        this.files = files;
        this.kinds = kinds;
        this.keys = keys;
        this.registry = registry;
        this.named = Fingerprints.files(kinds, files.started());
        this.present = Fingerprints.of(kinds, keys, files.started());
        for (Reloadable kind : kinds) {
            Gauge.builder("tokencache.config.fingerprint", () -> present.number(kind.kind()))
                    .description("Equal for instances with the same values. Reveals nothing about them")
                    .tag("kind", kind.kind())
                    .register(registry);
        }
        Gauge.builder("tokencache.config.last.reload.successful", () -> isLastSuccessful ? 1 : 0)
                .description("0 while the configuration files have an invalid value, so that the old values are in use")
                .register(registry);
    }

    Map<String, Long> fingerprints() {
        return kinds.stream()
                .map(Reloadable::kind)
                .collect(Collectors.toMap(kind -> kind, kind -> present.number(kind)));
    }

    /**
     * Reloads if a file has changed and is complete: two checks have found the same contents. Returns whether to check again
     * soon.
     */
    synchronized boolean check() {
        List<String> states = files.states(named);
        if (states.equals(seen)) {
            changing = null;
            return false;
        }
        if (!states.equals(changing)) {
            changing = states;
            return true;
        }
        reload();
        return false;
    }

    /** Reloads. */
    synchronized Outcome reload() {
        changing = null;
        seen = files.states(named);
        Outcome outcome = attempt();
        isLastSuccessful = outcome instanceof Outcome.Done;
        return outcome;
    }

    private Outcome attempt() {
        SmallRyeConfig config;
        try {
            config = files.read();
        } catch (RuntimeException unreadable) {
            // Its message may quote a line.
            return invalid(List.of(new Violation(ConfigFiles.LOCATIONS, "names a file that cannot be read")));
        }
        List<Runnable> changes = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        for (Reloadable kind : kinds) {
            try {
                changes.add(kind.change().prepare(config));
            } catch (RuntimeException invalid) {
                violations.addAll(violations(kind, invalid));
            }
        }
        if (!violations.isEmpty()) {
            return invalid(violations);
        }
        changes.forEach(Runnable::run);
        return done(config);
    }

    /** Each problem of a message that names its property first. Other messages may quote a value. */
    private static List<Violation> violations(Reloadable kind, RuntimeException failure) {
        List<Violation> violations = new ArrayList<>();
        for (String problem : NEXT_PROBLEM.split(String.valueOf(failure.getMessage()))) {
            Matcher parts = PROBLEM.matcher(problem);
            violations.add(
                    failure instanceof IllegalArgumentException && parts.matches()
                            ? new Violation(parts.group(1), parts.group(2))
                            : new Violation(kind.all(), "cannot be read"));
        }
        return violations;
    }

    private Outcome invalid(List<Violation> violations) {
        violations.forEach(violation -> registry.counter("tokencache.reload.failures", "property", violation.field())
                .increment());
        LOG.errorf(
                "Configuration not reloaded, the old values stay in use: %s",
                violations.stream()
                        .map(violation -> violation.field() + " " + violation.message())
                        .collect(Collectors.joining("; ")));
        return new Outcome.Invalid(violations);
    }

    private Outcome done(SmallRyeConfig config) {
        List<Path> nowNamed = Fingerprints.files(kinds, config);
        if (!nowNamed.equals(named)) {
            named = nowNamed;
            seen = null;
        }
        Fingerprints now = Fingerprints.of(kinds, keys, config);
        List<String> changed = now.changedSince(present);
        present = now;
        if (!changed.isEmpty()) {
            LOG.infof("Configuration reloaded: new values are in use. kinds=%s", String.join(",", changed));
        }
        return new Outcome.Done(changed, restartRequired(config));
    }

    /** The changed properties that only a start reads. Logs them once. */
    private List<String> restartRequired(SmallRyeConfig config) {
        Set<String> names = new TreeSet<>(files.properties(files.started()));
        names.addAll(files.properties(config));
        List<String> changed = names.stream()
                .filter(name -> !Objects.equals(fixedValue(files.started(), name), fixedValue(config, name)))
                .toList();
        if (!changed.isEmpty() && !changed.equals(reported)) {
            LOG.warnf("Changed settings are not in use: they need a restart. properties=%s", String.join(",", changed));
        }
        reported = changed;
        return changed;
    }

    /** The part of a value that a reload does not change. */
    private @Nullable String fixedValue(SmallRyeConfig config, String property) {
        boolean isReloadable = kinds.stream().anyMatch(kind -> kind.has(property));
        if (isReloadable && !property.equals("quarkus.redis.hosts")) {
            return null;
        }
        String value = config.getConfigValue(property).getValue();
        return value == null ? null : CREDENTIALS.matcher(value).replaceAll("//");
    }
}
