package dev.tokencache.store.redis;

import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RedisConfigRulesTest {

    private static RedisConfig with(String property, String value) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(RedisConfig.class)
                .withDefaultValue(property, value)
                .build()
                .getConfigMapping(RedisConfig.class);
    }

    @Test
    void shouldAcceptTheDefaults() {
        assertThatCode(() -> RedisConfigRules.check(with("tokencache.redis.key-prefix", "tc:")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldAcceptDisabledReplicaReads() {
        assertThatCode(() -> RedisConfigRules.check(with("tokencache.redis.replica-read-after", "0s")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "timeout,0s",
        "timeout,-1s",
        "command-timeout,0s",
        "connect-timeout,0s",
        "connect-timeout,30D",
        "max-calls,0",
        "max-calls,2000000000",
        "replica-timeout,0s",
        "replica-read-after,-1s",
        "max-calls,0"
    })
    void shouldNameAPropertyOutOfRange(String name, String value) {
        RedisConfig config = with("tokencache.redis." + name, value);
        assertThatThrownBy(() -> RedisConfigRules.check(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tokencache.redis." + name + " must be from 1 ");
    }
}
