package dev.tokencache.store.redis.legacy;

import dev.tokencache.testing.LegacySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LegacyConfigRulesTest {

    @Test
    void shouldTakeWhatMakesSense() {
        assertThatCode(() -> LegacyConfigRules.check(
                        LegacySettings.of("rediss://old.example:6380", LegacyConfig.Format.JSON)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.example:6379", "http://old.example", "redis://:pass word@old.example", "redis:///"})
    void shouldRefuseAHostThatIsNoneAndNotTellIt(String host) {
        assertThatThrownBy(() -> LegacyConfigRules.check(LegacySettings.of(host, LegacyConfig.Format.JSON)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.migration.legacy.hosts")
                .hasMessageNotContaining("old.example");
    }
}
