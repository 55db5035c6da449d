package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.legacy.LegacyConfig.Format;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.token.TokenString;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The old store in a single server, in each format of other programs. */
class SingleServerLegacyStoreIT {

    private static final Map<Format, LegacyStoreFixture> FIXTURES = new EnumMap<>(Format.class);
    private static OldRedis redis;
    private static RespClient others;

    @BeforeAll
    static void start() {
        redis = OldRedis.start();
        others = redis.connect();
        for (Format format : new Format[] {Format.JSON, Format.HASH, Format.STRING}) {
            LegacySettings settings =
                    LegacySettings.of(redis.host(), format).withKeyPattern(prefix(format) + "{token}");
            FIXTURES.put(format, new LegacyStoreFixture(settings, OldRedis.PASSWORD));
        }
    }

    @AfterAll
    static void stop() {
        FIXTURES.values().forEach(LegacyStoreFixture::close);
        FIXTURES.clear();
        others.close();
        redis.close();
    }

    private static String prefix(Format format) {
        return format.name().toLowerCase(Locale.ROOT) + "-sess:";
    }

    private abstract static class FormatContract extends LegacyStoreContract {

        private final Format format;

        FormatContract(Format format) {
            this.format = format;
        }

        @Override
        LegacyStore store() {
            return FIXTURES.get(format).store();
        }

        @Override
        void login(TokenString token, String subject, long seconds) {
            LegacyStoreFixture.login(others, format, prefix(format) + token.value(), subject, seconds);
        }

        @Override
        String subjectOf(TokenString token) {
            return LegacyStoreFixture.subjectOf(others, format, prefix(format) + token.value());
        }
    }

    @Nested
    class JsonFormatTests extends FormatContract {
        JsonFormatTests() {
            super(Format.JSON);
        }
    }

    @Nested
    class HashFormatTests extends FormatContract {
        HashFormatTests() {
            super(Format.HASH);
        }
    }

    @Nested
    class StringFormatTests extends FormatContract {
        StringFormatTests() {
            super(Format.STRING);
        }
    }
}
