package dev.tokencache.migration.legacy;

import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LegacyConfigRulesTest {

    @Test
    void shouldAcceptValidSettings() {
        assertThatCode(() -> LegacyConfigRules.check(
                        LegacySettings.of("rediss://old.example:6380", LegacyConfig.Format.JSON), true))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.example:6379", "http://old.example", "redis://:pass word@old.example", "redis:///"})
    void shouldRejectAnInvalidHostWithoutQuotingIt(String host) {
        assertThatThrownBy(() -> LegacyConfigRules.check(LegacySettings.of(host, LegacyConfig.Format.JSON), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.migration.legacy.hosts")
                .hasMessageNotContaining("old.example");
    }

    @Test
    void shouldRejectSettingsThatFormatTokenCacheIgnores() {
        LegacySettings ours = LegacySettings.of("redis://old.example:6379", LegacyConfig.Format.TOKEN_CACHE);
        assertThatCode(() -> LegacyConfigRules.check(ours, true)).doesNotThrowAnyException();
        assertThatThrownBy(() -> LegacyConfigRules.check(
                        ours.withKeyPattern("session:{token}")
                                .withSubject("/sub")
                                .withKeyPrefix("tc{")
                                .withClientType(
                                        LegacyConfig.ClientType.SENTINEL,
                                        ours.hosts().orElseThrow()),
                        true))
                .hasMessageContaining("tokencache.migration.legacy.client-type")
                .hasMessageContaining("tokencache.migration.legacy.key-pattern")
                .hasMessageContaining("tokencache.migration.legacy.subject")
                .hasMessageContaining("tokencache.migration.legacy.key-prefix must not");
    }

    @Test
    void shouldRejectAMigrationOfTokensThatTheServiceDoesNotAccept() {
        String host = "redis://old.example:6379";

        assertThatThrownBy(() -> LegacyConfigRules.check(LegacySettings.of(host, LegacyConfig.Format.STRING), false))
                .hasMessageStartingWith("tokencache.token.foreign must be true");
        assertThatCode(() -> LegacyConfigRules.check(LegacySettings.of(host, LegacyConfig.Format.TOKEN_CACHE), false))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRejectTwoUsers() {
        LegacySettings settings = LegacySettings.of("redis://ann:secret@old.example", LegacyConfig.Format.JSON)
                .withUser("bob");

        assertThatThrownBy(() -> LegacyConfigRules.check(settings, true))
                .hasMessage("tokencache.migration.legacy.username is set, and hosts names a user too");
    }

    @Test
    void shouldAddTheUserToTheUrl() {
        LegacySettings settings = LegacySettings.of("redis://old.example", LegacyConfig.Format.JSON);

        assertThat(LegacyConnection.withUser("redis://old.example", settings)).isEqualTo("redis://old.example");
        assertThat(LegacyConnection.withUser("rediss://old.example:6380", settings.withUser("a+b@c")))
                .isEqualTo("rediss://a%2Bb%40c:" + OldRedis.PASSWORD + "@old.example:6380");
    }
}
