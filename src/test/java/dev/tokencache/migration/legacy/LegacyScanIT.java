package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.cluster.RespClient;
import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The scan of an old Redis that accepts no more connections. */
class LegacyScanIT {

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);

    @Test
    void shouldTimeOutOnAServerWithTooManyClients() {
        try (OldRedis old = OldRedis.start();
                LegacyStoreFixture fixture = new LegacyStoreFixture(
                        LegacySettings.of(old.host(), LegacyConfig.Format.JSON), OldRedis.PASSWORD);
                RespClient others = old.connect()) {
            others.send("CONFIG", "SET", "maxclients", "1");

            assertThat(catchThrowable(() -> masters(fixture))).isNotNull().isNotInstanceOf(TimeoutException.class);

            others.send("CONFIG", "SET", "maxclients", "1000");
            Awaitility.await()
                    .atMost(REPLY_TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> masters(fixture).size() == 1);
        }
    }

    private static List<LegacyStore.Master> masters(LegacyStoreFixture fixture) {
        return fixture.store().masters().await().atMost(REPLY_TIMEOUT);
    }
}
