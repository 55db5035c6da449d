package dev.tokencache.migration.legacy;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.token.TokenString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The old store in a single server, in the format {@code hash}. */
class HashLegacyStoreIT extends LegacyStoreContract {

    private static final LegacyConfig.Format FORMAT = LegacyConfig.Format.HASH;

    private static OldRedis redis;
    private static RespClient others;
    private static LegacyStoreFixture fixture;

    @BeforeAll
    static void start() {
        redis = OldRedis.start();
        others = redis.connect();
        fixture = new LegacyStoreFixture(LegacySettings.of(redis.host(), FORMAT), OldRedis.PASSWORD);
    }

    @AfterAll
    static void stop() {
        fixture.close();
        others.close();
        redis.close();
    }

    @Override
    LegacyStore store() {
        return fixture.store();
    }

    @Override
    void login(TokenString token, String subject, long seconds) {
        LegacyStoreFixture.login(others, FORMAT, "sess:" + token.value(), subject, seconds);
    }

    @Override
    String whoIs(TokenString token) {
        return LegacyStoreFixture.whoIs(others, FORMAT, "sess:" + token.value());
    }
}
