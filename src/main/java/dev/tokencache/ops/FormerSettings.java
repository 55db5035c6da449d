package dev.tokencache.ops;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.FallbackConfigSourceInterceptor;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Accepts settings of the previous minor version, so that an upgrade need not change the configuration at the same moment. A
 * renamed setting is read by its former name if the new one is not set, and a removed one has no effect. Each is a warning at the
 * start. SmallRye Config finds this class by its service file.
 */
public final class FormerSettings extends FallbackConfigSourceInterceptor {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(FormerSettings.class);

    private static final String RENAMED_WARNING =
            "Setting renamed: set %s instead of %s, which the next minor version refuses";
    private static final String REMOVED_WARNING =
            "Setting without effect: remove %s, which the next minor version refuses";

    /** By former name, the new one. Delete an entry one minor version after the change. */
    private static final Map<String, String> RENAMED = Map.of();

    /** Constants now. Accepted until 1.1. */
    private static final Set<String> REMOVED = Set.of(
            "tokencache.journal.shared.poll",
            "tokencache.migration.legacy.breaker-delay",
            "tokencache.migration.legacy.connect-timeout",
            "tokencache.migration.legacy.max-calls",
            "tokencache.migration.max-concurrent-comparisons",
            "tokencache.near-cache.max-silence",
            "tokencache.near-cache.negative-max-age",
            "tokencache.redis.max-in-flight",
            "tokencache.redis.refresh-interval");

    private final Map<String, String> renamed;
    private final Set<String> removed;

    /** For SmallRye Config. */
    public FormerSettings() {
        this(RENAMED, REMOVED);
    }

    /** @param renamed by former name, the new one */
    FormerSettings(Map<String, String> renamed, Set<String> removed) {
        super(formerNames(renamed));
        this.renamed = renamed;
        this.removed = removed;
    }

    private static Map<String, String> formerNames(Map<String, String> renamed) {
        Map<String, String> former = new HashMap<>();
        renamed.forEach((before, after) -> former.put(after, before));
        return former;
    }

    /** The names that are set, without former ones: a name that no mapping knows stops the start. */
    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        Set<String> names = new TreeSet<>();
        context.iterateNames().forEachRemaining(name -> {
            if (!removed.contains(name)) {
                names.add(renamed.getOrDefault(name, name));
            }
        });
        return names.iterator();
    }

    static void warn(@Observes StartupEvent starting) {
        SmallRyeConfig config = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
        warnings(config, RENAMED, REMOVED).forEach(LOG::warn);
    }

    static List<String> warnings(SmallRyeConfig config, Map<String, String> renamed, Set<String> removed) {
        Set<String> warnings = new TreeSet<>();
        renamed.forEach((before, after) -> {
            if (config.getRawValue(before) != null) {
                warnings.add(RENAMED_WARNING.formatted(after, before));
            }
        });
        for (String name : removed) {
            if (config.getRawValue(name) != null) {
                warnings.add(REMOVED_WARNING.formatted(name));
            }
        }
        return List.copyOf(warnings);
    }
}
