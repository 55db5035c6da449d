package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JournalLifecycleTest {

    private static final Optional<String> URL = Optional.of("jdbc:postgresql://db/journal");

    private static JournalConfig with(String property, String value) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(JournalConfig.class)
                .withDefaultValue(property, value)
                .build()
                .getConfigMapping(JournalConfig.class);
    }

    @Test
    void shouldHaveNoJournalByDefault() {
        assertThat(with("tokencache.journal.replay-rate", "1").kind()).isEqualTo(Kind.OFF);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAcceptTheDefaultsOfEachKind(Kind kind) {
        JournalConfig config = with("tokencache.journal.kind", kind.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(config.kind()).isEqualTo(kind);
        assertThatCode(() -> JournalLifecycle.check(config, URL)).doesNotThrowAnyException();
    }

    @Test
    void shouldRequireTheUrlForASharedJournalOnly() {
        assertThatThrownBy(() -> JournalLifecycle.check(with("tokencache.journal.kind", "shared"), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("quarkus.datasource.journal.jdbc.url is not set");
        assertThatCode(() -> JournalLifecycle.check(with("tokencache.journal.kind", "local"), Optional.empty()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"999ms", "61M"})
    void shouldLimitTheTimeUntilTheConfirmation(String value) {
        assertThatThrownBy(() -> JournalLifecycle.check(with("tokencache.journal.confirm-after", value), URL))
                .hasMessage("tokencache.journal.confirm-after must be from 1s to 1h");
    }

    @ParameterizedTest
    @CsvSource({"max-entries,0", "max-entries,2000000000", "replay-rate,0", "replay-rate,2000000000"})
    void shouldNameTheInvalidProperty(String name, String value) {
        JournalConfig config = with("tokencache.journal." + name, value);
        assertThatThrownBy(() -> JournalLifecycle.check(config, URL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tokencache.journal." + name + " must be from 1");
    }
}
