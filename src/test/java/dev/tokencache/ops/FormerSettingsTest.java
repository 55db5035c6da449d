package dev.tokencache.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormerSettingsTest {

    private static final Map<String, String> RENAMED =
            Map.of("tokencache.example.old-name", "tokencache.example.new-name");
    private static final Set<String> REMOVED = Set.of("tokencache.example.gone");

    /** Settings of which one has been renamed, and one was removed. */
    @ConfigMapping(prefix = "tokencache.example")
    public interface ExampleConfig {

        @WithDefault("default")
        String newName();
    }

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, "test", 500))
                .withInterceptors(new FormerSettings(RENAMED, REMOVED))
                .withMapping(ExampleConfig.class)
                .build();
    }

    private static String value(Map<String, String> properties) {
        return config(properties).getConfigMapping(ExampleConfig.class).newName();
    }

    @Test
    void shouldReadAFormerNameWithAWarning() {
        Map<String, String> former = Map.of("tokencache.example.old-name", "old");

        assertThat(value(former)).isEqualTo("old");
        assertThat(FormerSettings.warnings(config(former), RENAMED, REMOVED))
                .containsExactly("Setting renamed: set tokencache.example.new-name instead of"
                        + " tokencache.example.old-name, which the next minor version refuses");
    }

    @Test
    void shouldPreferTheNewName() {
        assertThat(value(Map.of("tokencache.example.old-name", "old", "tokencache.example.new-name", "new")))
                .isEqualTo("new");
        assertThat(FormerSettings.warnings(config(Map.of("tokencache.example.new-name", "new")), RENAMED, REMOVED))
                .isEmpty();
    }

    @Test
    void shouldIgnoreARemovedSettingWithAWarning() {
        Map<String, String> removed = Map.of("tokencache.example.gone", "1");

        assertThat(value(removed)).isEqualTo("default");
        assertThat(FormerSettings.warnings(config(removed), RENAMED, REMOVED))
                .containsExactly("Setting without effect: remove tokencache.example.gone, which the next minor version"
                        + " refuses");
    }

    @Test
    void shouldRefuseAnUnknownName() {
        assertThatThrownBy(() -> config(Map.of("tokencache.example.unknown", "1")))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageContaining("tokencache.example.unknown");
    }

    @Test
    void shouldNoticeEnvironmentVariables() {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(Map.of("TOKENCACHE_REDIS_MAX_IN_FLIGHT", "1"), 300))
                .build();

        assertThat(FormerSettings.warnings(config, Map.of(), Set.of("tokencache.redis.max-in-flight")))
                .hasSize(1);
    }
}
